use crate::filters::Filters;
use crate::memo::{Look, memo};
use leptos::prelude::*;

/// The parameter of the address that holds which rows are selected.
const PARAMETER: &str = "selected";

/// Which rows of a page's table are selected, kept in its address.
#[derive(Clone, Copy)]
pub struct Selection {
    filters: Filters,
    ids: Memo<Vec<i64>>,
}

impl Selection {
    /// The selection of the page with these filters.
    pub fn of(filters: Filters) -> Self {
        let ids = memo(move || {
            let text = filters.get(PARAMETER).unwrap_or_default();
            text.split(',').filter_map(|id| id.parse().ok()).collect::<Vec<i64>>()
        });
        Self { filters, ids }
    }

    /// The selected rows.
    pub fn ids(self) -> Vec<i64> {
        self.ids.get()
    }

    /// Whether a row is selected.
    pub fn has(self, id: i64) -> bool {
        self.ids.look(|ids| ids.contains(&id))
    }

    /// Whether all these rows are, and there are some.
    pub fn has_all(self, rows: &[i64]) -> bool {
        !rows.is_empty() && self.ids.look(|ids| rows.iter().all(|id| ids.contains(id)))
    }

    /// Selects a row, or no longer.
    pub fn toggle(self, id: i64) {
        let mut ids = self.ids.get_untracked();
        match ids.iter().position(|other| *other == id) {
            Some(at) => _ = ids.remove(at),
            None => ids.push(id),
        }
        self.set(&ids);
    }

    /// Selects all these rows, or none where all are selected.
    pub fn toggle_all(self, rows: &[i64]) {
        let none = untrack(|| self.has_all(rows));
        self.set(if none { &[] } else { rows });
    }

    /// Selects nothing.
    pub fn clear(self) {
        self.set(&[]);
    }

    fn set(self, ids: &[i64]) {
        let text = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        self.filters.go(&[(PARAMETER, &text)], true);
    }
}
