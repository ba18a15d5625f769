//! Every crate has the lints of the workspace, which forbid unsafe code.

use std::fs;
use std::path::Path;

#[test]
fn every_crate_forbids_unsafe_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read =
        |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let workspace = read(&root.join("Cargo.toml"));
    assert!(workspace.contains("[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"));
    let mut count = 0;
    for entry in fs::read_dir(root.join("crates")).expect("the crates") {
        let manifest = entry.expect("an entry").path().join("Cargo.toml");
        if manifest.exists() {
            count += 1;
            assert!(read(&manifest).contains("[lints]\nworkspace = true\n"), "{}", manifest.display());
        }
    }
    assert!(count > 5, "{count} crates");
}

/// The files in a folder of tests are modules of one binary. A file that its `main.rs` does not name is not compiled.
#[test]
fn every_file_in_a_folder_of_tests_is_a_module() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let entries = |folder: &Path| -> Vec<_> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").path()).collect()
    };
    let mut count = 0;
    let folders = entries(&crates).into_iter().flat_map(|of_crate| entries(&of_crate.join("tests")));
    for folder in folders.filter(|folder| folder.join("main.rs").exists()) {
        let main = fs::read_to_string(folder.join("main.rs")).expect("a text");
        for file in entries(&folder) {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if file.extension().is_some_and(|extension| extension == "rs") && name != "main" {
                count += 1;
                assert!(main.lines().any(|line| line == format!("mod {name};")), "{}", file.display());
            }
        }
    }
    assert!(count > 50, "{count} files");
}
