//! Lists are read a page at a time, by keyset: a cursor names the last row of the page before.

use crate::{
    BlockId, BlockState, CategoryName, Error, ItemId, ItemSort, OrderId, OrderStatus, Time, WarehouseId,
};

/// Rows of a page where the request does not say.
pub const PAGE_LIMIT_DEFAULT: i64 = 50;

/// The most rows of a page.
pub const PAGE_LIMIT_MAX: i64 = 500;

/// The most characters of a search text.
const SEARCH_CHARS_MAX: usize = 255;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor of the page behind this one; `None` on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts `rows`, which were read with a limit of one more than `limit`, and names the next page by
    /// `cursor` of the last row that stays.
    pub fn cut(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { rows, next }
    }
}

/// Which page of a list that is ordered by descending id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageQuery {
    /// 1 to [`PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// Rows with a smaller id than this.
    pub after: Option<i64>,
}

impl PageQuery {
    /// Refuses a limit out of bounds and a cursor that no page gave out.
    pub fn by_id(limit: Option<i64>, after: Option<String>) -> Result<Self, Error> {
        let after = after.filter(|cursor| !cursor.is_empty());
        let after = after.map(|cursor| cursor.parse().map_err(|_| bad_cursor())).transpose()?;
        Ok(Self { limit: checked_limit(limit)?, after })
    }
}

/// Which items, in which order, which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemQuery {
    /// Only items of this category.
    pub category: Option<CategoryName>,
    /// Only items with this in their name, whatever the case.
    pub name_part: Option<String>,
    /// Only items that have a stock level in this warehouse.
    pub warehouse: Option<WarehouseId>,
    /// Only items of at most so many available units: in `warehouse`, where one is given.
    pub quantity_max: Option<i32>,
    /// The order.
    pub sort: ItemSort,
    /// 1 to [`PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// Items behind this place.
    pub after: Option<ItemCursor>,
}

/// A place in a list of items: the sort's value, where it has one, and the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemCursor {
    /// In order of id.
    Id(ItemId),
    /// In order of name.
    Name(String, ItemId),
    /// In order of quantity.
    Quantity(i32, ItemId),
}

impl ItemQuery {
    /// Empty texts count as absent. Refuses a limit out of bounds, texts that are too long, and a cursor
    /// that no page of this sort gave out.
    pub fn new(
        category: Option<String>,
        name_part: Option<String>,
        sort: ItemSort,
        limit: Option<i64>,
        after: Option<String>,
    ) -> Result<Self, Error> {
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let category = filled(category).map(|name| CategoryName::for_lookup(&name)).transpose()?;
        let name_part = filled(name_part).map(|text| text.trim().to_owned());
        if let Some(text) = &name_part {
            if text.chars().count() > SEARCH_CHARS_MAX {
                return Err(Error::invalid("q", format!("must have at most {SEARCH_CHARS_MAX} characters")));
            }
            if text.contains('\0') {
                return Err(Error::invalid("q", "must not contain a NUL character"));
            }
        }
        let after = filled(after).map(|cursor| ItemCursor::parse(&cursor, sort)).transpose()?;
        let limit = checked_limit(limit)?;
        Ok(Self { category, name_part, warehouse: None, quantity_max: None, sort, limit, after })
    }

    /// The same, behind this place of the same list.
    ///
    /// # Errors
    /// A cursor that no page of this sort gave out.
    pub fn after_cursor(self, cursor: &str) -> Result<Self, Error> {
        Ok(Self { after: Some(ItemCursor::parse(cursor, self.sort)?), ..self })
    }

    /// The same, of one warehouse and of low stock alone, where given.
    ///
    /// # Errors
    /// A `quantity_max` below 0; one that no quantity reaches leaves none out.
    pub fn with_stock_filter(self, warehouse: Option<i64>, quantity_max: Option<i64>) -> Result<Self, Error> {
        if let Some(units) = quantity_max.filter(|units| *units < 0) {
            return Err(Error::invalid("maxQuantity", format!("must be 0 or more, not {units}")));
        }
        let quantity_max = quantity_max.map(|units| i32::try_from(units).unwrap_or(i32::MAX));
        Ok(Self { warehouse: warehouse.map(WarehouseId), quantity_max, ..self })
    }
}

impl ItemCursor {
    /// The cursor as text: the id, and behind a colon the sort's value.
    pub fn text(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Name(name, id) => format!("{id}:{name}"),
            Self::Quantity(quantity, id) => format!("{id}:{quantity}"),
        }
    }

    fn parse(text: &str, sort: ItemSort) -> Result<Self, Error> {
        let (id, value) = text.split_once(':').unwrap_or((text, ""));
        let id = ItemId(id.parse().map_err(|_| bad_cursor())?);
        if value.contains('\0') {
            return Err(bad_cursor());
        }
        match sort {
            ItemSort::Id => Ok(Self::Id(id)),
            ItemSort::Name => Ok(Self::Name(value.to_owned(), id)),
            ItemSort::QuantityDesc | ItemSort::QuantityAsc => {
                Ok(Self::Quantity(value.parse().map_err(|_| bad_cursor())?, id))
            }
        }
    }
}

/// Which blocks, newest id first, which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockQuery {
    /// Only blocks in this state.
    pub state: Option<BlockState>,
    /// Only blocks of this item.
    pub item: Option<ItemId>,
    /// 1 to [`PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// Blocks with a smaller id than this.
    pub after: Option<BlockId>,
}

impl BlockQuery {
    /// Refuses a limit out of bounds and a cursor that no page gave out.
    pub fn new(
        state: Option<BlockState>,
        item: Option<i64>,
        limit: Option<i64>,
        after: Option<String>,
    ) -> Result<Self, Error> {
        let slice = PageQuery::by_id(limit, after)?;
        Ok(Self { state, item: item.map(ItemId), limit: slice.limit, after: slice.after.map(BlockId) })
    }
}

/// Which temporary blocks that expire soon, soonest first, which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiringQuery {
    /// Within how many seconds from now.
    pub seconds: i64,
    /// Only blocks of this item.
    pub item: Option<ItemId>,
    /// 1 to [`PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// Blocks behind this place.
    pub after: Option<(Time, BlockId)>,
}

impl ExpiringQuery {
    /// [`crate::EXPIRING_SECONDS`] where `seconds` is absent. Refuses seconds that no block holds for, a limit
    /// out of bounds, and a cursor that no page gave out.
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
        let place = |cursor: String| {
            let (id, micros) = cursor.split_once(':')?;
            Some((Time::from_timestamp_micros(micros.parse().ok()?)?, BlockId(id.parse().ok()?)))
        };
        let after = after.filter(|cursor| !cursor.is_empty());
        let after = after.map(|cursor| place(cursor).ok_or_else(bad_cursor)).transpose()?;
        Ok(Self { seconds, item: item.map(ItemId), limit: checked_limit(limit)?, after })
    }

    /// The place of a block in this list, as text.
    pub fn cursor(id: BlockId, expires_at: Time) -> String {
        format!("{id}:{}", expires_at.timestamp_micros())
    }
}

/// Which orders, newest id first, which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderQuery {
    /// Only orders that stand like this.
    pub status: Option<OrderStatus>,
    /// 1 to [`PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// Orders with a smaller id than this.
    pub after: Option<OrderId>,
}

impl OrderQuery {
    /// Refuses a limit out of bounds and a cursor that no page gave out.
    pub fn new(
        status: Option<OrderStatus>,
        limit: Option<i64>,
        after: Option<String>,
    ) -> Result<Self, Error> {
        let slice = PageQuery::by_id(limit, after)?;
        Ok(Self { status, limit: slice.limit, after: slice.after.map(OrderId) })
    }
}

pub(crate) fn checked_limit(limit: Option<i64>) -> Result<i64, Error> {
    let limit = limit.unwrap_or(PAGE_LIMIT_DEFAULT);
    if (1..=PAGE_LIMIT_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::invalid("limit", format!("must be 1 to {PAGE_LIMIT_MAX}, not {limit}")))
}

pub(crate) fn bad_cursor() -> Error {
    Error::invalid("after", "must be the `next` of a page of the same list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one_only_where_there_is_more() {
        let cursor = |row: &i32| row.to_string();
        assert_eq!(Page::cut(vec![1, 2, 3], 2, cursor), Page { rows: vec![1, 2], next: Some("2".into()) });
        assert_eq!(Page::cut(vec![1, 2], 2, cursor), Page { rows: vec![1, 2], next: None });
    }

    #[test]
    fn cursors_survive_their_text() {
        for (sort, cursor) in [
            (ItemSort::Id, ItemCursor::Id(ItemId(5))),
            (ItemSort::Name, ItemCursor::Name("a:b".into(), ItemId(5))),
            (ItemSort::QuantityAsc, ItemCursor::Quantity(17, ItemId(5))),
        ] {
            assert_eq!(ItemCursor::parse(&cursor.text(), sort), Ok(cursor));
        }
        assert!(ItemCursor::parse("x", ItemSort::Id).is_err());
        assert!(ItemCursor::parse("5:x", ItemSort::QuantityDesc).is_err());
    }

    #[test]
    fn limits_are_bounded() {
        assert!(PageQuery::by_id(Some(0), None).is_err());
        assert!(PageQuery::by_id(Some(PAGE_LIMIT_MAX + 1), None).is_err());
        assert_eq!(
            PageQuery::by_id(None, Some(String::new())).map(|slice| slice.limit),
            Ok(PAGE_LIMIT_DEFAULT)
        );
    }
}
