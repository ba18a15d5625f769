use crate::{BlockId, Error, Ttl};
use std::collections::BTreeSet;

/// The most blocks that one request acts on.
pub const BULK_BLOCKS_MAX: usize = 500;

/// What can be done to several blocks at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockAction {
    /// Make them permanent.
    Confirm,
    /// Give their units back.
    Release,
    /// Let them hold for longer.
    Extend(Ttl),
}

/// Something to be done to several blocks, to each by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkBlockAction {
    /// What.
    pub action: BlockAction,
    /// 1 to [`BULK_BLOCKS_MAX`], each once.
    blocks: Vec<BlockId>,
}

impl BulkBlockAction {
    /// Refuses no blocks, more than [`BULK_BLOCKS_MAX`], and one that is named twice.
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

    /// The blocks, in the order in which they were named.
    pub fn blocks(&self) -> &[BlockId] {
        &self.blocks
    }
}
