use crate::href;
use crate::memo::{Look, memo};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::Location;
use leptos_router::params::ParamsMap;
use std::borrow::Cow;

/// The parameter that names what is being done.
pub const DEED: &str = "do";

/// A page's state in its address: filters, order, cursor. Back, forward, reload and a copied link all
/// come back to the same view.
#[derive(Clone, Copy)]
pub struct Filters {
    path: StoredValue<String>,
    pathname: Memo<String>,
    query: Memo<ParamsMap>,
    navigate: Callback<(String, bool)>,
}

/// The state of the page that calls this.
pub fn use_filters() -> Filters {
    let navigate = use_navigate();
    let Location { pathname, query, .. } = use_location();
    let path = pathname.get_untracked();
    let own = path.clone();
    // The query of this very page, whichever page one is about to go to. The router's own `use_query_map` stays
    // behind where only the path's parameters change and the query with them.
    let query = Memo::new(move |last: Option<&ParamsMap>| match last {
        Some(last) if !pathname.look(|path| *path == own) => last.clone(),
        _ => query.get(),
    });
    Filters {
        path: StoredValue::new(path),
        pathname,
        query,
        navigate: Callback::new(move |(href, replace): (String, bool)| {
            navigate(&href, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        }),
    }
}

impl Filters {
    /// The page's path.
    pub fn path(self) -> String {
        self.path.get_value()
    }

    /// The value of a parameter; an empty one counts as absent.
    pub fn get(self, key: &str) -> Option<String> {
        self.query.look(|query| query.get(key)).filter(|value| !value.is_empty())
    }

    /// The same, parsed; what can't be parsed counts as absent.
    pub fn parsed<T: std::str::FromStr>(self, key: &str) -> Option<T> {
        self.get(key)?.parse().ok()
    }

    /// The parameters whose names begin so and end with a number: that number, and the value.
    pub fn numbers(self, prefix: &str) -> Vec<(i64, String)> {
        self.query.look(|query| {
            let number = |(key, value): (&Cow<'_, str>, &str)| {
                let number = key.strip_prefix(prefix)?.parse().ok()?;
                (!value.is_empty()).then(|| (number, value.to_owned()))
            };
            query.latest_values().filter_map(number).collect()
        })
    }

    /// The address of this page with some parameters changed: an empty value takes one away. A cursor
    /// belongs to the filters that it was made under, so `after` goes unless it is the change; so does
    /// what was being done.
    pub fn href(self, changes: &[(&str, &str)]) -> String {
        self.query.look(|query| {
            let kept = query.latest_values().filter(|(key, _)| {
                !["after", DEED].contains(&key.as_ref())
                    && !changes.iter().any(|(changed, _)| *changed == key.as_ref())
            });
            let pairs = kept.map(|(key, value)| (key.as_ref(), value)).chain(changes.iter().copied());
            href::with_query(&self.path.read_value(), pairs)
        })
    }

    /// Whether something is being done on this page that the address names, such as `?do=create`: a link
    /// can open a form, from the palette as well as without JavaScript.
    pub fn deed(self, name: &'static str) -> RwSignal<bool> {
        let named = memo(move || self.get(DEED).is_some_and(|deed| parts(&deed).0 == name));
        let first = named.get_untracked();
        let open = RwSignal::new(first);
        Effect::new(move |before: Option<bool>| {
            let now = named.get();
            if before.unwrap_or(first) != now {
                open.set(now);
            }
            now
        });
        Effect::new(move |before: Option<bool>| {
            let now = open.get();
            if before == Some(true) && !now && named.get_untracked() && self.is_here() {
                self.go(&[(DEED, "")], true);
            }
            now
        });
        open
    }

    /// Whether one is still at this page, and not about to leave it.
    fn is_here(self) -> bool {
        self.pathname.glance(|path| *path == *self.path.read_value())
    }

    /// What it is done to, where the address says: `3` in `?do=move.3`.
    pub fn deed_to(self) -> String {
        self.get(DEED).map(|deed| parts(&deed).1.to_owned()).unwrap_or_default()
    }

    /// Goes to [`Self::href`]; in place of the current entry of the history where `replace`.
    pub fn go(self, changes: &[(&str, &str)], replace: bool) {
        let href = untrack(|| self.href(changes));
        self.navigate.run((href, replace));
    }
}

/// What is done, and what it is done to.
fn parts(deed: &str) -> (&str, &str) {
    deed.split_once('.').unwrap_or((deed, ""))
}
