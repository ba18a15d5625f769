use crate::{BlockId, Error, Ttl};
use std::collections::BTreeSet;

/// The maximum number of blocks in one bulk request.
pub const BULK_BLOCKS_MAX: usize = 500;

/// An action that a bulk request applies to each of its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockAction {
    /// Make them permanent.
    Confirm,
    /// Release them.
    Release,
    /// Extend them.
    Extend(Ttl),
}

/// A bulk request: one action on several blocks. Each block succeeds or fails independently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkBlockAction {
    /// The action.
    pub action: BlockAction,
    /// 1 to [`BULK_BLOCKS_MAX`], each once.
    blocks: Vec<BlockId>,
}

impl BulkBlockAction {
    /// Creates a bulk request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`BULK_BLOCKS_MAX`] blocks, without duplicates.
    pub fn new(action: BlockAction, blocks: Vec<BlockId>) -> Result<Self, Error> {
        let count = blocks.len();
        if !(1..=BULK_BLOCKS_MAX).contains(&count) {
            return Err(Error::invalid("blockIds", format!("must be 1 to {BULK_BLOCKS_MAX}, not {count}")));
        }
        if blocks.iter().collect::<BTreeSet<_>>().len() < count {
            return Err(Error::invalid("blockIds", "must name each block once"));
        }
        Ok(Self { action, blocks })
    }

    /// The blocks, in the order of the request.
    pub fn blocks(&self) -> &[BlockId] {
        &self.blocks
    }
}
