/// A node of Citus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The host's name or address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}
