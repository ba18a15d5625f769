use crate::href;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;

/// A page's state in its address: filters, order, cursor. Back, forward, reload and a copied link all
/// come back to the same view.
#[derive(Clone, Copy)]
pub struct Filters {
    path: StoredValue<String>,
    query: Memo<ParamsMap>,
    navigate: Callback<(String, bool)>,
}

/// The state of the page that calls this.
pub fn use_filters() -> Filters {
    let navigate = use_navigate();
    Filters {
        path: StoredValue::new(use_location().pathname.get_untracked()),
        query: use_query_map(),
        navigate: Callback::new(move |(href, replace): (String, bool)| {
            navigate(&href, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        }),
    }
}

impl Filters {
    /// The value of a parameter; an empty one counts as absent.
    pub fn get(self, key: &str) -> Option<String> {
        self.query.with(|query| query.get(key)).filter(|value| !value.is_empty())
    }

    /// The same, parsed; what can't be parsed counts as absent.
    pub fn parsed<T: std::str::FromStr>(self, key: &str) -> Option<T> {
        self.get(key)?.parse().ok()
    }

    /// The address of this page with some parameters changed: an empty value takes one away. A cursor
    /// belongs to the filters that it was made under, so `after` goes unless it is the change.
    pub fn href(self, changes: &[(&str, &str)]) -> String {
        self.query.with(|query| {
            let kept = query.latest_values().filter(|(key, _)| {
                key.as_ref() != "after" && !changes.iter().any(|(changed, _)| *changed == key.as_ref())
            });
            let pairs = kept.map(|(key, value)| (key.as_ref(), value)).chain(changes.iter().copied());
            href::with_query(&self.path.read_value(), pairs)
        })
    }

    /// Goes to [`Self::href`]; in place of the current entry of the history where `replace`.
    pub fn go(self, changes: &[(&str, &str)], replace: bool) {
        let href = untrack(|| self.href(changes));
        self.navigate.run((href, replace));
    }
}
