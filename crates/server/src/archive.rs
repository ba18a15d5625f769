//! Archives of old movements and audit events: the files, their manifest, and the commands.

pub(crate) mod commands;
mod files;
mod manifest;
mod verify;

pub(crate) use files::ArchiveFiles;
