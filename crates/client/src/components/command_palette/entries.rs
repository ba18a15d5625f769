//! The entries of the command palette: pages, saved views, commands, and search results.

use crate::permissions::is_forbidden_href;
use crate::search_text::{self, lowercase};
use crate::shortcuts::destinations;
use crate::texts;
use api::SearchResult;

/// The address of the commands, and the text of their names, that are available on every page.
const COMMANDS: [(&str, fn() -> &'static str); 5] = [
    ("/items?do=create", texts::new_item),
    ("/blocks?do=place", texts::hold_stock),
    ("/orders/new", texts::new_order),
    ("/warehouses?do=add", texts::add_warehouse),
    ("/imports", texts::import_file),
];

/// The entry that opens the list of shortcuts. Not an address.
pub const HELP: &str = "#shortcuts";
/// The entry that toggles the density of tables. Not an address.
pub const DENSITY: &str = "#density";

/// An entry. Its address identifies it.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// The heading of its group.
    pub group: &'static str,
    /// Its name.
    pub text: String,
    /// Its details.
    pub note: String,
    /// The address that it opens.
    pub href: String,
}

fn entry(group: &'static str, text: impl Into<String>, href: impl Into<String>) -> Entry {
    Entry { group, text: text.into(), note: String::new(), href: href.into() }
}

/// Returns the entry of a search result.
pub fn found(result: SearchResult) -> Entry {
    let (text, note) = (search_text::name(&result), search_text::note(&result));
    Entry { note, ..entry(search_text::group(result.kind), text, result.href) }
}

/// Returns the pages, saved views and commands whose names contain the words.
pub fn commands(words: &str, saved: &[(String, String)]) -> Vec<Entry> {
    let words = lowercase(words.trim());
    let pages = destinations().map(|(_, href, name)| entry(texts::palette_pages(), name(), *href));
    let views = saved.iter().map(|(href, name)| entry(texts::palette_views(), name.as_str(), href.as_str()));
    let commands = COMMANDS.iter().filter(|(href, _)| !is_forbidden_href(href));
    let commands = commands.map(|(href, name)| entry(texts::palette_commands(), name(), *href));
    let more = [
        entry(texts::palette_commands(), texts::toggle_dense(), DENSITY),
        entry(texts::palette_commands(), texts::show_shortcuts(), HELP),
    ];
    let fits = |entry: &Entry| lowercase(&entry.text).contains(&words);
    pages.chain(views).chain(commands).chain(more).filter(fits).collect()
}
