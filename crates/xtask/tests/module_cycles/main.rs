//! No crate has a cycle of modules.
//!
//! The nodes are source files. A file has an edge to another file of its crate if its code names an item that the other
//! file defines: in a `use`, in a path, or inside a macro call. Re-exports are followed to the file that defines the
//! item. Three things are no edge:
//!
//! - a `mod` declaration, and the re-export of an item of a descendant: a parent may be the façade of its children;
//! - the import of a module, as opposed to an item in it;
//! - code under `#[cfg(test)]`.
//!
//! A parent file and its child therefore form a cycle if the child uses an item of the parent, and the parent's code uses
//! an item of the child. The remedy is a third file, for the items that both need.
//!
//! Method calls and trait implementations name no file, and are not seen.

mod graph;
mod modules;

use graph::Graph;
use modules::Crate;
use std::fs;
use std::path::{Path, PathBuf};

/// The roots of a crate's targets, each a module tree of its own.
const ROOTS: [&str; 2] = ["src/lib.rs", "src/main.rs"];

/// Returns a description of each cycle in the crate.
fn cycles(folder: &Path) -> Vec<String> {
    let roots = ROOTS.iter().map(|root| folder.join(root)).filter(|root| root.is_file());
    roots.flat_map(|root| Graph::new(&Crate::read(&root)).cycles()).collect()
}

fn crates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the crates");
    let entries = fs::read_dir(folder).expect("a readable folder");
    let mut crates: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    crates.retain(|path| path.join("Cargo.toml").is_file());
    crates.sort();
    crates
}

#[test]
fn no_crate_has_a_cycle_of_modules() {
    let crates = crates();
    assert!(crates.len() >= 9, "{crates:?}");
    let mut found = Vec::new();
    for folder in crates {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        found.extend(cycles(&folder).into_iter().map(|cycle| format!("crate {name}: {cycle}")));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Writes a crate of these files, and checks which cycles are found in it.
fn check(name: &str, files: &[(&str, &str)], expected: &[&str]) {
    let folder = std::env::temp_dir().join(format!("module-cycles-{}-{name}", std::process::id()));
    for (file, text) in files {
        let path = folder.join("src").join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let found = cycles(&folder);
    fs::remove_dir_all(&folder).expect("removed");
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn files_that_use_each_others_items_are_a_cycle() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::{self, B}; pub struct A(B); fn f() { b::g(); }"),
        ("b.rs", "pub struct B; pub fn g() { println!(\"{}\", super::c::C); }"),
        ("c.rs", "pub const C: u8 = 1; fn f(_: crate::a::A) {}"),
    ];
    check("three", &files, &["a.rs → b.rs (B) → c.rs (C) → a.rs (A)"]);
}

#[test]
fn a_parent_and_a_child_that_use_each_other_are_a_cycle() {
    let files = [
        ("lib.rs", "mod parent;"),
        ("parent/mod.rs", "mod child; pub struct P; fn f() { child::g() }"),
        ("parent/child.rs", "use super::*; pub fn g() { let _ = P; }"),
    ];
    check("parent", &files, &["parent/mod.rs → parent/child.rs (g) → parent/mod.rs (P)"]);
}

#[test]
fn a_cycle_through_a_re_export_is_found() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A as First;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "use crate::First; pub struct B(Box<First>);"),
    ];
    check("export", &files, &["a.rs → b.rs (B) → a.rs (First)"]);
}

#[test]
fn declarations_re_exports_and_tests_are_no_cycle() {
    let files = [
        ("lib.rs", "mod a; pub use a::child::C; pub struct L;"),
        (
            "a.rs",
            "pub mod child; #[cfg(test)] mod tests { use super::child::C; fn f(_: C) {} } pub struct A;",
        ),
        ("a/child.rs", "use super::A; use crate::L; pub struct C(A, L);"),
    ];
    check("facade", &files, &[]);
}
