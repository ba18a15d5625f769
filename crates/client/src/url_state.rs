use crate::href;
use crate::memo::{effect, memo};
use crate::permissions::is_forbidden;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::Location;

/// The query parameter with the cursor of a page of a list.
pub const AFTER: &str = "after";

/// The query parameter with the cursors of the pages before, for the link to the previous page.
pub const TRAIL: &str = "trail";

/// The query parameter with the rows of a page.
pub const SIZE: &str = "size";

/// The query parameter with the name of the open dialog.
pub const DIALOG: &str = "do";

/// The choices of rows per page.
pub const PAGE_SIZES: [i64; 4] = [25, 50, 100, 200];

/// The rows of a page without a choice.
const PAGE_SIZE_DEFAULT: i64 = 50;

/// The state of a page in its address: filters, sort order, cursor, open dialog. Back, forward, reload and a
/// copied link restore the same view.
#[derive(Clone, Copy)]
pub struct UrlState {
    path: StoredValue<String>,
    pathname: Memo<String>,
    query: Memo<Vec<(String, String)>>,
    navigate: Callback<(String, bool)>,
}

/// Returns the state of the page that calls this.
pub fn use_url_state() -> UrlState {
    let navigate = use_navigate();
    let Location { pathname, search, .. } = use_location();
    let path = pathname.get_untracked();
    let own_path = path.clone();
    // The query of this page. It doesn't change while the router navigates to another page. It is parsed here: the router
    // decodes its values twice, and its `use_query_map` misses a change of the query that comes with a change of the path's
    // parameters.
    let query = Memo::new(move |last: Option<&Vec<(String, String)>>| match last {
        Some(last) if !pathname.with(|path| *path == own_path) => last.clone(),
        _ => search.with(|search| parse_query(search)),
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
    /// Returns the parameters; none if the page is gone. An effect of a page that is being replaced may run once more, after its
    /// memo was disposed. Tracks them.
    fn query(self) -> Vec<(String, String)> {
        self.query.try_with(Vec::clone).unwrap_or_default()
    }

    /// Returns the value of a parameter. An empty value counts as absent. Tracks it.
    pub fn get(self, key: &str) -> Option<String> {
        let value = self.query().into_iter().find(|(known, _)| known == key);
        value.map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// Returns the parsed value of a parameter. A value that can't be parsed counts as absent. Tracks it.
    pub fn parse<T: std::str::FromStr>(self, key: &str) -> Option<T> {
        self.get(key)?.parse().ok()
    }

    /// Returns the parameters whose name is `prefix` and a number: the numbers and the values. Tracks them.
    pub fn numbered(self, prefix: &str) -> Vec<(i64, String)> {
        let number = |(key, value): (String, String)| {
            let number = key.strip_prefix(prefix)?.parse().ok()?;
            (!value.is_empty()).then_some((number, value))
        };
        self.query().into_iter().filter_map(number).collect()
    }

    /// Returns the address of this page with some parameters changed. An empty value removes a parameter. The
    /// cursors are removed unless they are changed, because they belong to the old filters; so is the open
    /// dialog.
    pub fn href(self, changes: &[(&str, &str)]) -> String {
        let query = self.query();
        let pairs = query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let unchanged = pairs.filter(|(key, _)| {
            ![AFTER, TRAIL, DIALOG].contains(key) && !changes.iter().any(|(changed, _)| changed == key)
        });
        let path = self.path.try_get_value().unwrap_or_default();
        href::with_query(&path, unchanged.chain(changes.iter().copied()))
    }

    /// Returns the address of this page with some parameters changed, on the same page of the list.
    pub fn href_here(self, changes: &[(&str, &str)]) -> String {
        let [after, trail] = [AFTER, TRAIL].map(|key| self.get(key).unwrap_or_default());
        self.href(&[changes, &[(AFTER, &after), (TRAIL, &trail)]].concat())
    }

    /// Returns the rows of a page. Tracks it.
    pub fn page_size(self) -> i64 {
        page_size(self.get(SIZE))
    }

    /// Returns the query of the view that this page shows: its filters and its order, without the page and the selection.
    pub fn view_query(self) -> String {
        let href = self.href(&[("selected", "")]);
        href.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// Returns whether the dialog of this name is open, such as `?do=create`. Links can therefore open dialogs,
    /// also from the command palette and without JavaScript. The dialog of a forbidden action never opens. Setting
    /// the signal to `false` removes the parameter.
    pub fn dialog(self, name: &'static str) -> RwSignal<bool> {
        let named = memo(move || {
            self.get(DIALOG).is_some_and(|dialog| dialog.split('.').next() == Some(name))
                && !is_forbidden(name)
        });
        let first = named.get_untracked();
        let open = RwSignal::new(first);
        effect(move |before: Option<bool>| {
            let now = named.get();
            if before.unwrap_or(first) != now {
                open.set(now);
            }
            now
        });
        effect(move |before: Option<bool>| {
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
        self.dialog_part(1)
    }

    /// Returns the units that a dialog starts with: `12` in `?do=move.3.12`. Tracks them.
    pub fn dialog_units(self) -> String {
        self.dialog_part(2)
    }

    fn dialog_part(self, at: usize) -> String {
        let dialog = self.get(DIALOG).unwrap_or_default();
        dialog.split('.').nth(at).unwrap_or_default().to_owned()
    }

    /// Replaces the current history entry by [`Self::href_here`].
    pub fn set_params_here(self, changes: &[(&str, &str)]) {
        let href = untrack(|| self.href_here(changes));
        self.navigate.run((href, true));
    }

    /// Navigates to [`Self::href`]. With `replace` the current history entry is replaced.
    pub fn set_params(self, changes: &[(&str, &str)], replace: bool) {
        let href = untrack(|| self.href(changes));
        self.navigate.run((href, replace));
    }
}

/// Returns the rows of a page. Only the values of [`PAGE_SIZES`] are choices.
pub fn page_size(choice: Option<String>) -> i64 {
    let size = choice.and_then(|size| size.parse().ok());
    size.filter(|size| PAGE_SIZES.contains(size)).unwrap_or(PAGE_SIZE_DEFAULT)
}

/// Parses a query, as browsers write it for links and forms. The last value of a parameter counts.
pub fn parse_query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| href::percent_decode(&text.replace('+', " "));
    let mut pairs = Vec::<(String, String)>::new();
    for pair in query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (decode(key), decode(value));
        pairs.retain(|(known, _)| *known != key);
        pairs.push((key, value));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_once() {
        let parsed = |query| {
            let pairs = parse_query(query).into_iter();
            pairs.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
        };
        assert_eq!(parsed("category=50%252F50&q=a+b%2Bc"), ["category=50%2F50", "q=a b+c"]);
        assert_eq!(parsed("?q=100%&low="), ["q=100%", "low="]);
        assert_eq!(parsed("q=1&sort=name&q=2"), ["sort=name", "q=2"]);
        assert_eq!(parsed("&&q"), ["q="]);
        for value in ["50%2F50", "100%", "a&b=c", "ä +"] {
            let href = href::with_query("", [("q", value)]);
            assert_eq!(parse_query(&href), [("q".to_owned(), value.to_owned())]);
        }
    }
}
