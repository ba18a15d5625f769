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
