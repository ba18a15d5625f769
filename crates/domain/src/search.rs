//! The search over items, orders, blocks, carts, categories and warehouses.

use crate::page::SEARCH_CHARS_MAX;
use crate::{Block, Cart, Category, Error, Item, OrderId, OrderStatus, Reference, Warehouse, fold_key};

/// The default number of results of each kind.
pub const SEARCH_LIMIT_DEFAULT: i64 = 6;

/// The maximum number of results of each kind.
pub const SEARCH_LIMIT_MAX: i64 = 50;

/// A search over all kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    /// 1 to [`SEARCH_CHARS_MAX`] characters, trimmed.
    text: String,
    /// The most results of each kind: 1 to [`SEARCH_LIMIT_MAX`].
    pub limit: i64,
}

impl SearchQuery {
    /// Trims the text. The default of `limit` is [`SEARCH_LIMIT_DEFAULT`].
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is empty, has more than [`SEARCH_CHARS_MAX`] characters or a NUL character, and for a
    /// limit out of bounds.
    pub fn new(text: &str, limit: Option<i64>) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::invalid("q", "must not be empty"));
        }
        if text.chars().count() > SEARCH_CHARS_MAX {
            return Err(Error::invalid("q", format!("must have at most {SEARCH_CHARS_MAX} characters")));
        }
        if text.contains('\0') {
            return Err(Error::invalid("q", "must not contain a NUL character"));
        }
        let limit = limit.unwrap_or(SEARCH_LIMIT_DEFAULT);
        if !(1..=SEARCH_LIMIT_MAX).contains(&limit) {
            return Err(Error::invalid("limit", format!("must be 1 to {SEARCH_LIMIT_MAX}, not {limit}")));
        }
        Ok(Self { text: text.to_owned(), limit })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the id that the text is: `12` or `#12`.
    pub fn id(&self) -> Option<i64> {
        let digits = self.text.strip_prefix('#').unwrap_or(&self.text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    }

    /// Returns the text as a reference, if it can be one.
    pub fn reference(&self) -> Option<Reference> {
        Reference::new(&self.text).ok()
    }

    /// Returns those of `candidates` whose texts contain every word, at most [`Self::limit`]. Those that begin with the text
    /// are first; otherwise their order stays. Case and white space are ignored.
    pub fn select<T>(&self, candidates: Vec<T>, texts: impl Fn(&T) -> Vec<&str>) -> Vec<T> {
        let folded = fold_key(&self.text);
        let words: Vec<_> = folded.split(' ').collect();
        let rank = |candidate: &T| {
            let texts: Vec<_> = texts(candidate).into_iter().map(fold_key).collect();
            let contained = words.iter().all(|word| texts.iter().any(|text| text.contains(word)));
            let is_later = !texts.iter().any(|text| text.starts_with(&folded));
            contained.then_some(is_later)
        };
        let ranked = candidates.into_iter().filter_map(|candidate| Some((rank(&candidate)?, candidate)));
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_by_key(|(is_later, _)| *is_later);
        ranked.truncate(usize::try_from(self.limit).unwrap_or(0));
        ranked.into_iter().map(|(_, candidate)| candidate).collect()
    }
}

/// An order that a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundOrder {
    /// Its id.
    pub id: OrderId,
    /// The shop's name for the order.
    pub reference: Option<String>,
    /// Its status.
    pub status: OrderStatus,
    /// The units of its lines.
    pub units: i64,
}

/// The results of a search, best first within each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchResults {
    /// Items by id, SKU, barcode, and words of the name.
    pub items: Vec<Item>,
    /// Orders by id and reference.
    pub orders: Vec<FoundOrder>,
    /// Blocks by id, and active blocks by reference.
    pub blocks: Vec<Block>,
    /// Carts by id and reference.
    pub carts: Vec<Cart>,
    /// Categories by words of the name.
    pub categories: Vec<Category>,
    /// Warehouses by words of code and name.
    pub warehouses: Vec<Warehouse>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_bounded() {
        assert!(SearchQuery::new(" ", None).is_err());
        assert!(SearchQuery::new("a\0", None).is_err());
        assert!(SearchQuery::new(&"a".repeat(SEARCH_CHARS_MAX + 1), None).is_err());
        assert!(SearchQuery::new("a", Some(0)).is_err());
        assert!(SearchQuery::new("a", Some(SEARCH_LIMIT_MAX + 1)).is_err());
        assert_eq!(SearchQuery::new(" a ", None).map(|query| query.text), Ok("a".to_owned()));
    }

    #[test]
    fn a_number_is_an_id() -> Result<(), Error> {
        for (text, id) in [("12", Some(12)), ("#12", Some(12)), ("+12", None), ("12a", None), ("#", None)] {
            assert_eq!(SearchQuery::new(text, None)?.id(), id, "{text}");
        }
        assert_eq!(SearchQuery::new(&"9".repeat(30), None)?.id(), None);
        Ok(())
    }

    #[test]
    fn candidates_contain_every_word_and_those_with_the_beginning_are_first() -> Result<(), Error> {
        let names = vec!["Old garden chairs", "Chairs", "GARDEN  CHAIRS", "Garden"];
        let found = |text: &str, limit| -> Result<Vec<&str>, Error> {
            Ok(SearchQuery::new(text, Some(limit))?.select(names.clone(), |name| vec![name]))
        };
        assert_eq!(found("garden chairs", 9)?, ["GARDEN  CHAIRS", "Old garden chairs"]);
        assert_eq!(found("chairs garden", 9)?, ["Old garden chairs", "GARDEN  CHAIRS"]);
        assert_eq!(found("chairs", 1)?, ["Chairs"]);
        assert!(found("lamp", 9)?.is_empty());
        Ok(())
    }
}
