//! One module for each command.

pub mod pg;
pub mod prepare;
