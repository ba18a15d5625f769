use crate::href;
use crate::memo::memo;
use crate::permissions::is_forbidden;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::Location;
use leptos_router::params::ParamsMap;
use std::borrow::Cow;

/// The query parameter with the name of the open dialog.
pub const DIALOG: &str = "do";

/// The state of a page in its address: filters, sort order, cursor, open dialog. Back, forward, reload and a
/// copied link restore the same view.
#[derive(Clone, Copy)]
pub struct UrlState {
    path: StoredValue<String>,
    pathname: Memo<String>,
    query: Memo<ParamsMap>,
    navigate: Callback<(String, bool)>,
}

/// Returns the state of the page that calls this.
pub fn use_url_state() -> UrlState {
    let navigate = use_navigate();
    let Location { pathname, query, .. } = use_location();
    let path = pathname.get_untracked();
    let own_path = path.clone();
    // The query of this page. It doesn't change while the router navigates to another page. The router's own
    // `use_query_map` misses a change of the query that comes with a change of the path's parameters.
    let query = Memo::new(move |last: Option<&ParamsMap>| match last {
        Some(last) if !pathname.with(|path| *path == own_path) => last.clone(),
        _ => query.get(),
    });
    UrlState {
        path: StoredValue::new(path),
        pathname,
        query,
        navigate: Callback::new(move |(href, replace): (String, bool)| {
            navigate(&href, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        }),
    }
}

impl UrlState {
    /// Returns the page's path.
    pub fn path(self) -> String {
        self.path.get_value()
    }

    /// Returns the value of a parameter. An empty value counts as absent. Tracks it.
    pub fn get(self, key: &str) -> Option<String> {
        self.query.with(|query| query.get(key)).filter(|value| !value.is_empty())
    }

    /// Returns the parsed value of a parameter. A value that can't be parsed counts as absent. Tracks it.
    pub fn parse<T: std::str::FromStr>(self, key: &str) -> Option<T> {
        self.get(key)?.parse().ok()
    }

    /// Returns the parameters whose name is `prefix` and a number: the numbers and the values. Tracks them.
    pub fn numbered(self, prefix: &str) -> Vec<(i64, String)> {
        self.query.with(|query| {
            let number = |(key, value): (&Cow<'_, str>, &str)| {
                let number = key.strip_prefix(prefix)?.parse().ok()?;
                (!value.is_empty()).then(|| (number, value.to_owned()))
            };
            query.latest_values().filter_map(number).collect()
        })
    }

    /// Returns the address of this page with some parameters changed. An empty value removes a parameter. The
    /// cursor `after` is removed unless it is changed, because it belongs to the old filters; so is the open
    /// dialog.
    pub fn href(self, changes: &[(&str, &str)]) -> String {
        self.query.with(|query| {
            let unchanged = query.latest_values().filter(|(key, _)| {
                !["after", DIALOG].contains(&key.as_ref())
                    && !changes.iter().any(|(changed, _)| *changed == key.as_ref())
            });
            let pairs = unchanged.map(|(key, value)| (key.as_ref(), value)).chain(changes.iter().copied());
            let pairs: Vec<_> = pairs.map(|(key, value)| (key, href::page_value(value))).collect();
            href::with_query(&self.path.read_value(), pairs.iter().map(|(key, value)| (*key, value.as_str())))
        })
    }

    /// Returns whether the dialog of this name is open, such as `?do=create`. Links can therefore open dialogs,
    /// also from the command palette and without JavaScript. The dialog of a forbidden action never opens. Setting
    /// the signal to `false` removes the parameter.
    pub fn dialog(self, name: &'static str) -> RwSignal<bool> {
        let named = memo(move || {
            self.get(DIALOG).is_some_and(|dialog| parts(&dialog).0 == name) && !is_forbidden(name)
        });
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
            if before == Some(true) && !now && named.get_untracked() && self.is_current_page() {
                self.set_params(&[(DIALOG, "")], true);
            }
            now
        });
        open
    }

    /// Returns whether this page is still the current page of the router.
    fn is_current_page(self) -> bool {
        self.pathname.with_untracked(|path| *path == *self.path.read_value())
    }

    /// Returns the id that a dialog applies to: `3` in `?do=move.3`. Tracks it.
    pub fn dialog_target(self) -> String {
        self.get(DIALOG).map(|dialog| parts(&dialog).1.to_owned()).unwrap_or_default()
    }

    /// Navigates to [`Self::href`]. With `replace` the current history entry is replaced.
    pub fn set_params(self, changes: &[(&str, &str)], replace: bool) {
        let href = untrack(|| self.href(changes));
        self.navigate.run((href, replace));
    }
}

/// Splits a dialog's name from the id that it applies to.
fn parts(dialog: &str) -> (&str, &str) {
    dialog.split_once('.').unwrap_or((dialog, ""))
}
