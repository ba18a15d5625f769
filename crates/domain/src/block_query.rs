//! Filters, orders and pages of lists of blocks.

use crate::page::{PageQuery, bad_cursor, checked_limit};
use crate::time_filter::{YEARS, time_filter};
use crate::{Block, BlockId, BlockState, Error, ItemId, Reference, Time, WarehouseId};
use chrono::Datelike as _;

/// A page of a list of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockQuery {
    /// Only blocks in this state.
    pub state: Option<BlockState>,
    /// Only blocks of this item.
    pub item: Option<ItemId>,
    /// Only blocks of this warehouse.
    pub warehouse: Option<WarehouseId>,
    /// Only blocks that were placed at or after this time.
    pub from: Option<Time>,
    /// Only blocks that were placed before this time.
    pub to: Option<Time>,
    /// Only blocks with this reference.
    pub reference: Option<Reference>,
    /// 1 to [`crate::PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// The order.
    pub sort: BlockSort,
    /// The page starts after this block.
    pub after: Option<BlockCursor>,
}

/// The order of a list of blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockSort {
    /// Descending id: the newest first.
    #[default]
    IdDesc,
    /// Ascending id.
    Id,
    /// By expiry time, the soonest first. Blocks that expire at the same time are in the order of their ids.
    Expires,
    /// By expiry time, the latest first.
    ExpiresDesc,
    /// By reference, without the blocks that have none.
    Reference,
    /// By reference, backwards, without the blocks that have none.
    ReferenceDesc,
}

impl BlockSort {
    /// Returns whether only active blocks have an index of this order.
    pub fn is_of_active(self) -> bool {
        !matches!(self, Self::Id | Self::IdDesc)
    }

    /// Returns whether blocks in a state have this order. `None`: active and permanent blocks.
    pub fn is_of(self, state: Option<BlockState>) -> bool {
        match state {
            Some(BlockState::Temporary) => true,
            None | Some(BlockState::Permanent) => !self.is_of_active(),
            Some(_) => self == Self::IdDesc,
        }
    }
}

/// A position in a list of blocks: the id, with the value of the sort key if the order has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockCursor {
    /// In order of id.
    Id(BlockId),
    /// In order of expiry.
    Expires(Time, BlockId),
    /// In order of reference.
    Reference(String, BlockId),
}

impl BlockCursor {
    /// Formats the cursor: the id, a colon, and the value of the sort key.
    pub fn text(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Expires(at, id) => ExpiringQuery::cursor(*id, *at),
            Self::Reference(reference, id) => format!("{id}:{reference}"),
        }
    }

    /// Returns the id.
    pub fn id(&self) -> BlockId {
        match self {
            Self::Id(id) | Self::Expires(_, id) | Self::Reference(_, id) => *id,
        }
    }

    fn parse(text: &str, sort: BlockSort) -> Option<Self> {
        match sort {
            BlockSort::Id | BlockSort::IdDesc => Some(Self::Id(BlockId(text.parse().ok()?))),
            BlockSort::Expires | BlockSort::ExpiresDesc => {
                expiry_cursor(text).map(|(at, id)| Self::Expires(at, id))
            }
            BlockSort::Reference | BlockSort::ReferenceDesc => {
                let (id, reference) = text.split_once(':')?;
                let id = BlockId(id.parse().ok()?);
                (!reference.contains('\0')).then(|| Self::Reference(reference.to_owned(), id))
            }
        }
    }
}

/// Parses the cursor of a list by expiry time.
fn expiry_cursor(text: &str) -> Option<(Time, BlockId)> {
    let (id, micros) = text.split_once(':')?;
    let expires_at = Time::from_timestamp_micros(micros.parse().ok()?)?;
    let is_in_range = YEARS.contains(&expires_at.year());
    is_in_range.then_some((expires_at, BlockId(id.parse().ok()?)))
}

impl BlockQuery {
    /// Creates a query in the default order. An empty cursor counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds or a malformed cursor.
    pub fn new(
        state: Option<BlockState>,
        item: Option<i64>,
        limit: Option<i64>,
        after: Option<String>,
    ) -> Result<Self, Error> {
        let slice = PageQuery::by_id(limit, after)?;
        let (limit, after) = (slice.limit, slice.after.map(|id| BlockCursor::Id(BlockId(id))));
        let (item, sort) = (item.map(ItemId), BlockSort::default());
        Ok(Self { state, item, warehouse: None, from: None, to: None, reference: None, limit, sort, after })
    }

    /// Returns the query in an order, for the page after a cursor. An empty cursor counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an order by expiry or reference of other blocks than active ones, for ascending ids of ended
    /// blocks, and for a malformed cursor or one of another order.
    pub fn sorted(self, sort: BlockSort, after: Option<String>) -> Result<Self, Error> {
        if !sort.is_of(self.state) {
            let rule = match sort.is_of_active() {
                true => "by expiry or by reference needs the state `temporary`",
                false => "of ended blocks can only be `idDesc`",
            };
            return Err(Error::invalid("sort", rule));
        }
        let after = after.filter(|cursor| !cursor.is_empty());
        let parse = |text: String| BlockCursor::parse(&text, sort).ok_or_else(bad_cursor);
        Ok(Self { sort, after: after.map(parse).transpose()?, ..self })
    }

    /// Returns the query for the page after `cursor`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed cursor or one of another order.
    pub fn after_cursor(self, cursor: &str) -> Result<Self, Error> {
        let sort = self.sort;
        self.sorted(sort, Some(cursor.to_owned()))
    }

    /// Returns the id of the cursor.
    pub fn after_id(&self) -> Option<i64> {
        self.after.as_ref().map(|after| after.id().0)
    }

    /// Returns the cursor of a block of the list.
    pub fn cursor(&self, block: &Block) -> BlockCursor {
        match (self.sort, block.expires_at, &block.reference) {
            (BlockSort::Expires | BlockSort::ExpiresDesc, Some(at), _) => BlockCursor::Expires(at, block.id),
            (BlockSort::Reference | BlockSort::ReferenceDesc, _, Some(reference)) => {
                BlockCursor::Reference(reference.clone(), block.id)
            }
            _ => BlockCursor::Id(block.id),
        }
    }

    /// Returns the query with a filter by reference. It applies to active and permanent blocks. An empty text counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that can't be a reference.
    pub fn with_reference(self, reference: Option<&str>) -> Result<Self, Error> {
        let reference = reference.filter(|text| !text.trim().is_empty()).map(Reference::new).transpose()?;
        Ok(Self { reference, ..self })
    }

    /// Returns the query with filters by warehouse and by the time of placement. They apply to active and permanent blocks.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time that the database can't compare, and for an empty range.
    pub fn with_places(
        self,
        warehouse: Option<WarehouseId>,
        from: Option<Time>,
        to: Option<Time>,
    ) -> Result<Self, Error> {
        let (from, to) = (time_filter("from", from)?, time_filter("to", to)?);
        match from.zip(to) {
            Some((from, to)) if to <= from => Err(Error::invalid("to", "must be after `from`")),
            _ => Ok(Self { warehouse, from, to, ..self }),
        }
    }

    /// Returns whether no index has the blocks of the list: it is then searched in parts. Only active blocks have an index of
    /// references.
    pub fn is_searched(&self) -> bool {
        let has_reference = self.reference.is_some();
        let is_active_of_reference = has_reference && self.state == Some(BlockState::Temporary);
        let is_filtered =
            self.warehouse.is_some() || self.from.is_some() || self.to.is_some() || has_reference;
        self.item.is_none() && !is_active_of_reference && is_filtered
    }
}

/// A page of a list of the active blocks that expire soon, soonest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiringQuery {
    /// The blocks expire within this many seconds from now.
    pub seconds: i64,
    /// Only blocks of this item.
    pub item: Option<ItemId>,
    /// Only blocks of this warehouse.
    pub warehouse: Option<WarehouseId>,
    /// 1 to [`crate::PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// The page starts after the block with this expiry time and id.
    pub after: Option<(Time, BlockId)>,
}

impl ExpiringQuery {
    /// Creates a query. The default of `seconds` is [`crate::EXPIRING_SECONDS`].
    ///
    /// # Errors
    /// [`Error::Invalid`] for `seconds` outside 1 to [`crate::TTL_SECONDS_MAX`], a limit out of bounds, and a malformed
    /// cursor.
    pub fn new(
        seconds: Option<i64>,
        item: Option<i64>,
        limit: Option<i64>,
        after: Option<String>,
    ) -> Result<Self, Error> {
        let max = crate::TTL_SECONDS_MAX;
        let seconds = seconds.unwrap_or(crate::EXPIRING_SECONDS);
        if !(1..=max).contains(&seconds) {
            return Err(Error::invalid("withinSeconds", format!("must be 1 to {max}, not {seconds}")));
        }
        let after = after.filter(|cursor| !cursor.is_empty());
        let after = after.map(|cursor| expiry_cursor(&cursor).ok_or_else(bad_cursor)).transpose()?;
        Ok(Self { seconds, item: item.map(ItemId), warehouse: None, limit: checked_limit(limit)?, after })
    }

    /// Returns the query for the page after `cursor`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed cursor.
    pub fn after_cursor(self, cursor: &str) -> Result<Self, Error> {
        Ok(Self { after: Some(expiry_cursor(cursor).ok_or_else(bad_cursor)?), ..self })
    }

    /// Returns the query for the blocks of a warehouse, or of all.
    pub fn with_warehouse(self, warehouse: Option<WarehouseId>) -> Self {
        Self { warehouse, ..self }
    }

    /// Returns whether no index has the blocks of the list: it is then searched in parts.
    pub fn is_searched(&self) -> bool {
        self.item.is_none() && self.warehouse.is_some()
    }

    /// Formats the cursor of a block in this list.
    pub fn cursor(id: BlockId, expires_at: Time) -> String {
        format!("{id}:{}", expires_at.timestamp_micros())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn query(state: Option<BlockState>) -> BlockQuery {
        BlockQuery::new(state, None, None, None).expect("a query")
    }

    #[test]
    fn the_time_in_a_cursor_is_one_that_the_database_has() {
        let query = |micros: i64| ExpiringQuery::new(None, None, None, Some(format!("1:{micros}")));
        for micros in [i64::MIN, -8_000_000_000_000_000_000, 8_000_000_000_000_000_000, i64::MAX] {
            assert_eq!(query(micros), Err(bad_cursor()), "{micros}");
        }
        let now = Time::from_timestamp_micros(1_700_000_000_123_456).expect("a time");
        assert_eq!(query(now.timestamp_micros()).expect("a query").after, Some((now, BlockId(1))));
    }

    #[test]
    fn a_cursor_is_parsed_as_it_is_formatted() {
        let at = Time::from_timestamp_micros(1_700_000_000_123_456).expect("a time");
        let cases = [
            (BlockSort::Id, BlockCursor::Id(BlockId(5))),
            (BlockSort::ExpiresDesc, BlockCursor::Expires(at, BlockId(5))),
            (BlockSort::Reference, BlockCursor::Reference("a:b".into(), BlockId(5))),
        ];
        for (sort, cursor) in cases {
            let sorted = query(Some(BlockState::Temporary)).sorted(sort, Some(cursor.text()));
            assert_eq!(sorted.expect("a query").after, Some(cursor));
        }
        for sort in [BlockSort::Expires, BlockSort::Reference] {
            assert!(query(Some(BlockState::Temporary)).sorted(sort, Some("5".into())).is_err(), "{sort:?}");
        }
    }

    #[test]
    fn only_active_blocks_have_orders_by_expiry_and_reference() {
        let is_allowed = |state, sort| query(state).sorted(sort, None).is_ok();
        for sort in
            [BlockSort::Expires, BlockSort::ExpiresDesc, BlockSort::Reference, BlockSort::ReferenceDesc]
        {
            assert!(is_allowed(Some(BlockState::Temporary), sort), "{sort:?}");
            assert!(!is_allowed(None, sort) && !is_allowed(Some(BlockState::Permanent), sort), "{sort:?}");
        }
        assert!(is_allowed(None, BlockSort::Id) && is_allowed(Some(BlockState::Permanent), BlockSort::Id));
        for state in [BlockState::Expired, BlockState::Released, BlockState::Converted] {
            assert!(is_allowed(Some(state), BlockSort::IdDesc) && !is_allowed(Some(state), BlockSort::Id));
        }
    }

    #[test]
    fn a_list_without_an_index_is_searched() {
        let by_reference = |state| query(state).with_reference(Some("buyer")).expect("a query").is_searched();
        assert!(by_reference(None) && by_reference(Some(BlockState::Permanent)));
        assert!(!by_reference(Some(BlockState::Temporary)), "active blocks have an index of references");
        assert!(!query(None).with_reference(Some(" ")).expect("a query").is_searched());
    }

    proptest! {
        #[test]
        fn any_cursor_is_rejected_or_parsed(cursor in "\\PC{0,40}|-?[0-9]{1,20}(:-?[0-9]{0,20})?|[0-9]{1,5}:[\0a:]{0,5}") {
            let cursor = Some(cursor);
            if let Ok(query) = ExpiringQuery::new(None, None, None, cursor.clone()) {
                prop_assert!(query.after.is_none_or(|(time, _)| YEARS.contains(&time.year())));
            }
            for sort in [BlockSort::Id, BlockSort::Expires, BlockSort::Reference] {
                let Ok(query) = query(Some(BlockState::Temporary)).sorted(sort, cursor.clone()) else { continue };
                prop_assert!(!matches!(query.after, Some(BlockCursor::Reference(name, _)) if name.contains('\0')));
            }
        }
    }
}
