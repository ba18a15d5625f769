//! Keyset pagination: a cursor names the last row of the previous page.

use crate::{CartId, CategoryName, Error, ItemId, ItemSort, Reference, Time, WarehouseId};

/// The default number of rows of a page.
pub const PAGE_LIMIT_DEFAULT: i64 = 50;

/// The maximum number of rows of a page.
pub const PAGE_LIMIT_MAX: i64 = 500;

/// The maximum number of characters of a search term.
pub const SEARCH_CHARS_MAX: usize = 255;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<String>,
}

/// One page of a list of movements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPage<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<String>,
    /// On the last page, the time up to which earlier movements are archived. `None` if none are.
    pub history_since: Option<Time>,
}

impl<T> Page<T> {
    /// Creates a page from `rows` that were read with a limit of `limit` + 1. `cursor` returns the cursor of the last row
    /// of the page.
    pub fn cut(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { rows, next }
    }
}

/// A page of a list in descending order of id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageQuery {
    /// 1 to [`PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// The page has the rows with smaller ids.
    pub after: Option<i64>,
}

impl PageQuery {
    /// Creates a query. An empty cursor counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds or a malformed cursor.
    pub fn by_id(limit: Option<i64>, after: Option<String>) -> Result<Self, Error> {
        let after = after.filter(|cursor| !cursor.is_empty());
        let after = after.map(|cursor| cursor.parse().map_err(|_| bad_cursor())).transpose()?;
        Ok(Self { limit: checked_limit(limit)?, after })
    }
}

/// A page of a list of items, with filters and an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemQuery {
    /// Only items of this category.
    pub category: Option<CategoryName>,
    /// Only items whose name contains each word of this text.
    pub name_part: Option<String>,
    /// Only items that have a stock level in this warehouse.
    pub warehouse: Option<WarehouseId>,
    /// Only items with at most this many available units, in `warehouse` if one is given.
    pub quantity_max: Option<i32>,
    /// Only items with at most as many available units as their threshold of low stock, unless it is 0. This is the threshold of
    /// items without their own.
    pub low: Option<i32>,
    /// The archived items instead of the others.
    pub archived: bool,
    /// The order.
    pub sort: ItemSort,
    /// 1 to [`PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// The page starts after this cursor.
    pub after: Option<ItemCursor>,
}

/// A position in a list of items: the id, with the value of the sort key if the order has one.
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
    /// Creates a query. Empty texts count as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds, a text that is too long, and a cursor of another order.
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
        Ok(Self {
            category,
            name_part,
            warehouse: None,
            quantity_max: None,
            low: None,
            archived: false,
            sort,
            limit,
            after,
        })
    }

    /// Returns the query for the archived items, or for the others.
    pub fn with_archived(self, archived: bool) -> Self {
        Self { archived, ..self }
    }

    /// Returns the query for the items that are low. `default` is the threshold of items without their own.
    pub fn with_low(self, default: Option<i32>) -> Self {
        Self { low: default, ..self }
    }

    /// Returns the query for the page after `cursor`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed cursor or one of another order.
    pub fn after_cursor(self, cursor: &str) -> Result<Self, Error> {
        Ok(Self { after: Some(ItemCursor::parse(cursor, self.sort)?), ..self })
    }

    /// Adds the filters by warehouse and by stock.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a `quantity_max` below 0. One above `i32::MAX` excludes no item.
    pub fn with_stock_filter(self, warehouse: Option<i64>, quantity_max: Option<i64>) -> Result<Self, Error> {
        if let Some(units) = quantity_max.filter(|units| *units < 0) {
            return Err(Error::invalid("maxQuantity", format!("must be 0 or more, not {units}")));
        }
        let quantity_max = quantity_max.map(|units| i32::try_from(units).unwrap_or(i32::MAX));
        Ok(Self { warehouse: warehouse.map(WarehouseId), quantity_max, ..self })
    }
}

impl ItemCursor {
    /// Formats the cursor: the id, a colon, and the value of the sort key.
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
            ItemSort::Id | ItemSort::IdDesc => Ok(Self::Id(id)),
            ItemSort::Name | ItemSort::NameDesc => Ok(Self::Name(value.to_owned(), id)),
            ItemSort::QuantityDesc | ItemSort::QuantityAsc => {
                Ok(Self::Quantity(value.parse().map_err(|_| bad_cursor())?, id))
            }
        }
    }
}

/// A page of the carts with a reference, highest id first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartQuery {
    /// The reference.
    pub reference: Reference,
    /// 1 to [`PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// The page has the carts with smaller ids.
    pub after: Option<CartId>,
}

impl CartQuery {
    /// Creates a query. An empty cursor counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds, a malformed reference or a malformed cursor.
    pub fn new(reference: &str, limit: Option<i64>, after: Option<String>) -> Result<Self, Error> {
        let slice = PageQuery::by_id(limit, after)?;
        Ok(Self { reference: Reference::new(reference)?, limit: slice.limit, after: slice.after.map(CartId) })
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
    use proptest::prelude::*;

    #[test]
    fn a_page_has_a_cursor_only_if_there_are_more_rows() {
        let cursor = |row: &i32| row.to_string();
        assert_eq!(Page::cut(vec![1, 2, 3], 2, cursor), Page { rows: vec![1, 2], next: Some("2".into()) });
        assert_eq!(Page::cut(vec![1, 2], 2, cursor), Page { rows: vec![1, 2], next: None });
    }

    #[test]
    fn a_cursor_is_parsed_as_it_is_formatted() {
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

    proptest! {
        #[test]
        fn any_cursor_is_rejected_or_parsed(
            cursor in "\\PC{0,40}|-?[0-9]{1,20}(:-?[0-9]{0,20})?|[0-9]{1,5}:[\0a:]{0,5}",
        ) {
            let cursor = Some(cursor);
            let _ = PageQuery::by_id(None, cursor.clone());
            for sort in [ItemSort::Id, ItemSort::Name, ItemSort::QuantityAsc, ItemSort::QuantityDesc] {
                let Ok(query) = ItemQuery::new(None, None, sort, None, cursor.clone()) else { continue };
                prop_assert!(!matches!(query.after, Some(ItemCursor::Name(name, _)) if name.contains('\0')));
            }
        }

        #[test]
        fn a_limit_is_1_to_its_maximum(limit: i64) {
            prop_assert_eq!(PageQuery::by_id(Some(limit), None).is_ok(), (1..=PAGE_LIMIT_MAX).contains(&limit));
        }
    }
}
