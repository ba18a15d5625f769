//! The browser tests have the address of each page of the router.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The paths that answer GET without a page.
const NO_PAGES: [&str; 10] = [
    // Redirects to the OpenID provider, and from it. They show the sign-in if they fail.
    "/sign-in/openid",
    "/sign-in/openid/callback",
    // Redirects to the item of a scanned code.
    "/scan",
    // Redirect to the CSV files of lists.
    "/downloads/blocks.csv",
    "/downloads/orders.csv",
    // The listener for metrics.
    "/metrics",
    "/livez",
    "/readyz",
    "/health",
    "/health/live",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn tokens(path: &Path) -> Vec<TokenTree> {
    let stream: TokenStream =
        read(path).parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    stream.into_iter().collect()
}

/// Returns the Rust files below a folder.
fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

/// Calls `found` with the tokens inside of each pair of brackets, and with those of the file.
fn each_group(tokens: &[TokenTree], found: &mut dyn FnMut(&[TokenTree])) {
    found(tokens);
    for token in tokens {
        if let TokenTree::Group(group) = token {
            each_group(&group.stream().into_iter().collect::<Vec<_>>(), found);
        }
    }
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

/// Returns the text of a literal such as `"/items"`.
fn text(token: &TokenTree) -> Option<String> {
    let literal = token.to_string();
    Some(literal.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

/// Returns the text of the constant with this name.
fn constant(file: &[TokenTree], name: &str) -> Option<String> {
    let at = file.windows(2).position(|pair| is_ident(&pair[0], "const") && is_ident(&pair[1], name))?;
    file[at..].iter().take_while(|token| token.to_string() != ";").find_map(text)
}

/// Returns the paths of the calls `.route(path, get(…))` in a file.
fn paths_of_routes(path: &Path) -> BTreeSet<String> {
    let file = tokens(path);
    let mut paths = BTreeSet::new();
    each_group(&file, &mut |tokens| {
        for call in tokens.windows(2) {
            let TokenTree::Group(arguments) = &call[1] else { continue };
            if !is_ident(&call[0], "route") || arguments.delimiter() != Delimiter::Parenthesis {
                continue;
            }
            let arguments: Vec<_> = arguments.stream().into_iter().collect();
            if arguments.iter().any(|token| is_ident(token, "get")) {
                let first = &arguments[0];
                let named = text(first).or_else(|| constant(&file, &first.to_string()));
                paths.insert(named.unwrap_or_else(|| panic!("{}: the path {first}", path.display())));
            }
        }
    });
    paths
}

/// Returns the paths of the pages that are hydrated: those of `path!("…")` in a file.
fn paths_of_console(path: &Path) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    each_group(&tokens(path), &mut |tokens| {
        for call in tokens.windows(3) {
            if let (true, TokenTree::Group(argument)) = (is_ident(&call[0], "path"), &call[2]) {
                paths.extend(argument.stream().into_iter().filter_map(|token| text(&token)));
            }
        }
    });
    let parameter = |part: &str| part.strip_prefix(':').map_or(part.to_owned(), |name| format!("{{{name}}}"));
    paths.iter().map(|path| path.split('/').map(parameter).collect::<Vec<_>>().join("/")).collect()
}

/// Returns the paths of the lines such as `"/items/{id}": …` in the list of the browser tests.
fn paths_of_tests(list: &str) -> BTreeSet<String> {
    let path = |line: &str| Some(line.strip_prefix("  \"")?.split_once("\": ")?.0.to_owned());
    list.lines().filter_map(path).collect()
}

#[test]
fn the_browser_tests_have_every_page() {
    let root = root();
    let mut files = Vec::new();
    rust_files(&root.join("crates/server/src/http"), &mut files);
    let mut paths: BTreeSet<String> = files.iter().flat_map(|file| paths_of_routes(file)).collect();
    for path in NO_PAGES {
        assert!(paths.remove(path), "{path} is not in the router");
    }
    let hydrated = paths_of_console(&root.join("crates/client/src/app.rs"));
    assert!(
        hydrated.contains("/items/{id}") && paths.contains("/orders/{id}/allocate"),
        "{hydrated:?} {paths:?}"
    );
    paths.extend(hydrated);
    let tested = paths_of_tests(&read(&root.join("end2end/tests/pages.ts")));
    let missing: Vec<_> = paths.difference(&tested).collect();
    assert!(missing.is_empty(), "not in end2end/tests/pages.ts: {missing:?}");
    let unknown: Vec<_> = tested.difference(&paths).collect();
    assert!(unknown.is_empty(), "not in the router: {unknown:?}");
}
