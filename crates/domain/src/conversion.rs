//! Conversions of carts and blocks to orders.

use crate::{BULK_BLOCKS_MAX, BlockId, CartId, Error, Reference};
use std::collections::HashSet;

/// The blocks that a conversion ends. The order gets their units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldSource {
    /// All blocks of an active or a confirmed cart.
    Cart(CartId),
    /// Active or permanent blocks that belong to no cart, each once.
    Blocks(Vec<BlockId>),
}

/// A request to convert a cart or blocks to an allocated order. Each unit stays in its stock level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertHolds {
    /// The blocks.
    source: HoldSource,
    /// The shop's name for the order.
    pub reference: Option<Reference>,
    /// Whether no other order may have the reference.
    pub has_unique_reference: bool,
    /// The principal that makes the order.
    pub created_by: String,
}

impl ConvertHolds {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`BULK_BLOCKS_MAX`] blocks, without duplicates.
    pub fn new(source: HoldSource, reference: Option<Reference>) -> Result<Self, Error> {
        if let HoldSource::Blocks(blocks) = &source {
            let distinct: HashSet<_> = blocks.iter().collect();
            if !(1..=BULK_BLOCKS_MAX).contains(&blocks.len()) {
                return Err(Error::invalid("blockIds", format!("must be 1 to {BULK_BLOCKS_MAX}")));
            }
            if distinct.len() != blocks.len() {
                return Err(Error::invalid("blockIds", "must not have duplicates"));
            }
        }
        Ok(Self { source, reference, has_unique_reference: false, created_by: String::new() })
    }

    /// Returns the request with the condition that no other order has its reference, if `is_unique`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the condition without a reference.
    pub fn with_unique_reference(self, is_unique: bool) -> Result<Self, Error> {
        match is_unique && self.reference.is_none() {
            true => Err(Error::invalid("uniqueReference", "needs a reference")),
            false => Ok(Self { has_unique_reference: is_unique, ..self }),
        }
    }

    /// Returns the request of a principal.
    pub fn by(self, principal: impl Into<String>) -> Self {
        Self { created_by: principal.into(), ..self }
    }

    /// The blocks.
    pub fn source(&self) -> &HoldSource {
        &self.source
    }
}
