/// The origin of a change: the caller and the request. It is written into the ledger.
///
/// Changes by the system, such as the end of an expired block, have no cause. The ledger names [`SYSTEM_ACTOR`] for
/// them.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// The caller.
    pub actor: &'a str,
    /// The id of the request.
    pub request_id: &'a str,
}

/// The actor of changes that no request asked for.
pub(super) const SYSTEM_ACTOR: &str = "system";

/// The cause of a change, by the index of its request. `None` for a change by the system.
pub(super) fn cause_of<'c, 'a>(causes: &'c [Cause<'a>], request: Option<usize>) -> Option<&'c Cause<'a>> {
    causes.get(request?)
}
