//! One module for each command.

pub mod console;
pub mod dev;
pub mod pg;
pub mod prepare;
pub mod run;
pub mod test;
