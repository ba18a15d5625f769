//! One module for each command.

pub mod clients;
pub mod console;
pub mod dev;
pub mod dist;
pub mod dist_check;
pub mod fuzz;
pub mod pg;
pub mod prepare;
pub mod run;
pub mod supply;
pub mod test;
