//! Makes cargo rebuild the crate after a change in the migrations, which are embedded at compile time.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
