//! Search for items by their names. Case, accents, punctuation and spaces are ignored; words may have any order.

use crate::{Result, Store};
use domain::has_trigram;
use std::cmp::Reverse;

/// The maximum number of items found by name that are looked up by id.
pub(crate) const NAMED_ITEMS_MAX: i64 = 2_000;

/// A search for names: LIKE patterns that all have to match.
#[derive(Debug, Clone)]
pub(crate) struct NameSearch {
    /// The LIKE patterns.
    pub(crate) patterns: Vec<String>,
    /// The text that is compared, as the function `search_text` names it.
    pub(crate) comparison: &'static str,
}

/// The folded name contains every word.
const WORDS: &str = "words";
/// The folded name contains the term if spaces are removed from both.
const JOINED: &str = "joined";
/// The name contains the term. Terms of punctuation only are compared in this way.
const LITERAL: &str = "literal";

impl Store {
    /// Returns the search for a term, and the ids of at most [`NAMED_ITEMS_MAX`] + 1 items that match it. Names that contain
    /// every word of the term match. If there is none, and the term has three letters or digits, names match that contain
    /// the term without spaces.
    pub(crate) async fn names_search(&self, term: &str) -> Result<(NameSearch, Vec<i64>)> {
        let words: Vec<String> =
            sqlx::query_scalar!(r#"SELECT string_to_array(search_fold($1), ' ') AS "words!""#, term)
                .fetch_one(self.lists().await)
                .await?;
        if words.is_empty() {
            let search = NameSearch { patterns: vec![like(term)], comparison: LITERAL };
            let named = self.names_scan(&search).await?;
            return Ok((search, named));
        }
        let joined = words.concat();
        let search =
            NameSearch { patterns: words.iter().map(|word| like(word)).collect(), comparison: WORDS };
        let named = self.names_matching(&search, words).await?;
        if !named.is_empty() || !has_trigram(&joined) {
            return Ok((search, named));
        }
        let search = NameSearch { patterns: vec![like(&joined)], comparison: JOINED };
        let named = self.names_matching(&search, vec![joined]).await?;
        Ok((search, named))
    }

    /// Finds names by the trigram index, or by a scan if no word has a trigram.
    async fn names_matching(&self, search: &NameSearch, mut words: Vec<String>) -> Result<Vec<i64>> {
        words.retain(|word| has_trigram(word));
        words.sort_by_key(|word| Reverse(word.len()));
        let pattern = |n: usize| words.get(n).or(words.first()).map(|word| like(word));
        let Some(first) = pattern(0) else { return self.names_scan(search).await };
        // The index supports LIKE, but not LIKE ALL.
        let statement = sqlx::query_scalar!(
            "SELECT item_id FROM item_names
              WHERE replace(folded, ' ', '') LIKE $3 AND replace(folded, ' ', '') LIKE $4
                AND replace(folded, ' ', '') LIKE $5 AND search_text(name, folded, $2) LIKE ALL ($1)
              LIMIT $6",
            &search.patterns,
            search.comparison,
            first,
            pattern(1),
            pattern(2),
            NAMED_ITEMS_MAX + 1
        );
        Ok(statement.fetch_all(self.lists().await).await?)
    }

    async fn names_scan(&self, search: &NameSearch) -> Result<Vec<i64>> {
        let statement = sqlx::query_scalar!(
            "SELECT item_id FROM item_names WHERE search_text(name, folded, $2) LIKE ALL ($1) LIMIT $3",
            &search.patterns,
            search.comparison,
            NAMED_ITEMS_MAX + 1
        );
        Ok(statement.fetch_all(self.lists().await).await?)
    }
}

/// Returns the LIKE pattern for text that contains `part`.
fn like(part: &str) -> String {
    format!("%{}%", part.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"))
}
