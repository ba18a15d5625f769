//! A private PostgreSQL: finds the server binaries, creates a cluster, starts and stops it.
//!
//! It is an ordinary PostgreSQL that listens only on a unix socket, in a folder that only its owner can enter. It accepts
//! its owner and root only, by peer authentication. All functions block. The crate depends only on the operating system, because `xtask` needs a database before the rest of
//! the workspace can be built.
//!
//! The layout of the directory:
//!
//! ```text
//! owner.lock       locked by the process that owns the cluster
//! cluster          a folder, or a link to a folder that the server's user can reach
//!   data           PGDATA; data.restoring until a restore is complete
//!   log            the server's log of the last seven days
//!   run            the socket
//! ```

mod access_rules;
mod archive;
mod backup;
mod binaries;
mod directory;
mod error;
mod lifecycle;
mod process;
mod restore;
mod session;
mod settings;
mod system;
mod temporary;
mod timelines;

pub use access_rules::SUPERUSER;
pub use backup::{Backup, back_up};
pub use binaries::{BINARIES_VARIABLE, Binaries, OLDEST_VERSION, embedded_platform};
pub use error::Error;
pub use lifecycle::Cluster;
pub use restore::{Restore, Restored};
pub use session::Rows;
pub use settings::{Durability, Options};
