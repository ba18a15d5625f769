use crate::memo::memo;
use crate::url_state::UrlState;
use leptos::prelude::*;

/// The query parameter with the ids of the selected rows.
const PARAMETER: &str = "selected";

/// The selected rows of a page's table. The selection is part of the page's address.
#[derive(Clone, Copy)]
pub struct Selection {
    url: UrlState,
    ids: Memo<Vec<i64>>,
    /// The selection that will be written into the address.
    pending: StoredValue<Option<Vec<i64>>>,
}

impl Selection {
    /// Returns the selection of the page with this state.
    pub fn of(url: UrlState) -> Self {
        let ids = memo(move || {
            let text = url.get(PARAMETER).unwrap_or_default();
            text.split(',').filter_map(|id| id.parse().ok()).collect::<Vec<i64>>()
        });
        Self { url, ids, pending: StoredValue::new(None) }
    }

    /// Returns the ids of the selected rows. Tracks them.
    pub fn ids(self) -> Vec<i64> {
        self.ids.get()
    }

    /// Returns whether a row is selected. Tracks it.
    pub fn has(self, id: i64) -> bool {
        self.ids.with(|ids| ids.contains(&id))
    }

    /// Returns whether all given rows are selected. Returns `false` for no rows.
    pub fn has_all(self, rows: &[i64]) -> bool {
        !rows.is_empty() && self.ids.with(|ids| rows.iter().all(|id| ids.contains(id)))
    }

    /// Selects a row, or deselects it if it is selected.
    pub fn toggle(self, id: i64) {
        let mut ids = self.pending.get_value().unwrap_or_else(|| self.ids.get_untracked());
        match ids.iter().position(|other| *other == id) {
            Some(at) => _ = ids.remove(at),
            None => ids.push(id),
        }
        self.set(&ids);
    }

    /// Selects all given rows, or deselects all if they are selected.
    pub fn toggle_all(self, rows: &[i64]) {
        let none = untrack(|| self.has_all(rows));
        self.set(if none { &[] } else { rows });
    }

    /// Deselects all rows.
    pub fn clear(self) {
        self.set(&[]);
    }

    fn set(self, ids: &[i64]) {
        // Several rows may change in one task. The address is changed once, after all of them.
        // The list may be gone when the response to an action arrives.
        let Some(is_first) = self.pending.try_with_value(Option::is_none) else { return };
        self.pending.set_value(Some(ids.to_vec()));
        if is_first {
            queue_microtask(move || {
                let Some(ids) = self.pending.try_update_value(Option::take).flatten() else { return };
                let text = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
                self.url.set_params_here(&[(PARAMETER, &text)]);
            });
        }
    }
}
