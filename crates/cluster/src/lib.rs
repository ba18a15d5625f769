//! A private PostgreSQL: finds the server binaries, creates a cluster, starts and stops it.
//!
//! It is an ordinary PostgreSQL in every respect but one: it listens on a unix socket alone, in a folder
//! that only its owner can enter. Everything here blocks, and depends on nothing but the system, because
//! `xtask` needs a database before the rest of the workspace can be built.
//!
//! Below the directory that the caller names lies:
//!
//! ```text
//! owner.lock       held by the process that owns the cluster
//! cluster          a folder, or a link to one where the server's user can reach it
//!   data           what PostgreSQL calls PGDATA
//!   log            the server's own messages, a week of them
//!   run            the socket
//! ```

mod binaries;
mod directory;
mod error;
mod lifecycle;
mod process;
mod session;
mod settings;
mod system;
mod temporary;

pub use binaries::{BINARIES_VARIABLE, Binaries, OLDEST_VERSION, embedded_platform};
pub use error::Error;
pub use lifecycle::{Cluster, SUPERUSER};
pub use session::Rows;
pub use settings::{Durability, Options};
