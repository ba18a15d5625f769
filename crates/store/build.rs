//! A new migration is a change of no source file: told of it, cargo compiles the crate that holds them again.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
