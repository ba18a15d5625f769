//! The documents name only files, functions and headings that exist, and stay within their lengths.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Directories without documents and without files that documents name.
const IGNORED_DIRECTORIES: [&str; 5] = [".git", "target", "node_modules", "test-results", ".stockhold"];

/// An inline code span that ends in one of these is a path.
const FILE_EXTENSIONS: [&str; 10] = ["rs", "sql", "md", "toml", "ts", "mjs", "scss", "css", "json", "png"];

/// A span that starts with one of these is a path, with any ending.
const TOP_DIRECTORIES: [&str; 9] =
    ["clients/", "crates/", "deploy/", "docs/", "migrations/", "style/", "end2end/", ".sqlx/", ".ci/"];

/// The most words of each document.
const WORDS_MAX: [(&str, usize); 14] = [
    ("ARCHITECTURE.md", 2_000),
    ("docs/concurrency.md", 1_500),
    ("docs/database.md", 1_500),
    ("docs/clients.md", 600),
    ("docs/console.md", 1_000),
    ("docs/console-pages.md", 1_000),
    ("docs/testing.md", 1_000),
    ("docs/operations.md", 1_300),
    ("docs/backup.md", 1_000),
    ("docs/observability.md", 1_200),
    ("docs/retention.md", 1_000),
    ("docs/runbook.md", 1_200),
    ("docs/first-day.md", 600),
    ("docs/many-shops.md", 800),
];

/// The most lines of each document.
const LINES_MAX: [(&str, usize); 2] = [("README.md", 80), ("CONTRIBUTING.md", 150)];

/// The fewest words of a decision record, and the most of its prose.
const DECISION_WORDS: std::ops::RangeInclusive<usize> = 150..=300;

/// The most numbers in the prose of ARCHITECTURE.md, and the most words of one of its paragraphs.
const ARCHITECTURE_NUMBERS_MAX: usize = 20;
const ARCHITECTURE_PARAGRAPH_WORDS_MAX: usize = 120;

/// The repository's files, as paths relative to its root.
struct Repository {
    root: PathBuf,
    paths: Vec<String>,
}

impl Repository {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("a root");
        let mut paths = Vec::new();
        collect(&root, &root, &mut paths);
        assert!(paths.iter().any(|path| path == "crates/xtask/tests/documents.rs"), "no files were found");
        Self { root, paths }
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The Markdown files at the root and in `docs`.
    fn documents(&self) -> Vec<&str> {
        let is_document =
            |path: &&str| path.ends_with(".md") && (!path.contains('/') || path.starts_with("docs/"));
        self.paths.iter().map(String::as_str).filter(is_document).collect()
    }

    /// The files and directories with this path, or with a path that ends in it.
    fn find(&self, path: &str) -> Vec<&str> {
        let path = path.trim_end_matches('/');
        let ends = |known: &&str| {
            known.strip_suffix(path).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        self.paths.iter().map(String::as_str).filter(ends).collect()
    }
}

fn collect(root: &Path, directory: &Path, paths: &mut Vec<String>) {
    for entry in fs::read_dir(directory).expect("a readable directory") {
        let entry = entry.expect("an entry");
        let (path, name) = (entry.path(), entry.file_name());
        if IGNORED_DIRECTORIES.iter().any(|ignored| name == *ignored) {
            continue;
        }
        let relative = path.strip_prefix(root).expect("a path below the root");
        paths.push(relative.to_string_lossy().into_owned());
        if path.is_dir() {
            collect(root, &path, paths);
        }
    }
}

/// The text without fenced code blocks.
fn without_fences(text: &str) -> String {
    let mut fenced = false;
    let outside = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        !fenced && !is_fence
    });
    outside.collect::<Vec<_>>().join("\n")
}

/// The inline code spans.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The targets of links and images.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// A span that looks like a path of the repository, and the function that it names.
fn as_path(span: &str) -> Option<(&str, Option<&str>)> {
    let (path, function) = match span.split_once("::") {
        Some((path, function)) => (path, Some(function)),
        None => (span, None),
    };
    let is_plain = path.chars().all(|c| c.is_alphanumeric() || "._-/".contains(c));
    let has_name = |extension: &str| {
        path.strip_suffix(extension)
            .and_then(|path| path.strip_suffix('.'))
            .is_some_and(|name| !name.is_empty())
    };
    let is_file = FILE_EXTENSIONS.iter().any(|extension| has_name(extension));
    let is_below = TOP_DIRECTORIES.iter().any(|directory| path.starts_with(directory));
    (is_plain && (is_file || is_below) && !path.starts_with("target/") && !path.starts_with('/'))
        .then_some((path, function))
}

/// The anchor of a heading, as GitHub forms it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The prose: no code, no tables.
fn prose(text: &str) -> String {
    let text = without_fences(text);
    let lines = text.lines().filter(|line| !line.starts_with('|'));
    let without_spans = lines.map(|line| line.split('`').step_by(2).collect::<Vec<_>>().join("x"));
    without_spans.collect::<Vec<_>>().join("\n")
}

/// The paragraphs of a text. Each item of a list is one.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        let is_item = line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit());
        if line.is_empty() || is_item {
            paragraphs.push(String::new());
        }
        if let Some(paragraph) = paragraphs.last_mut() {
            paragraph.push_str(line);
            paragraph.push('\n');
        }
    }
    paragraphs
}

/// The number of words in a text.
fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// The number of numbers in a text.
fn numbers(text: &str) -> usize {
    let mut before = ' ';
    let mut count = 0;
    for c in text.chars() {
        let continues = before.is_ascii_digit() || matches!(before, '.' | ',');
        count += usize::from(c.is_ascii_digit() && !continues);
        before = c;
    }
    count
}

#[test]
fn every_path_and_function_that_a_document_names_exists() {
    let repository = Repository::read();
    let mut wrong = Vec::new();
    for document in repository.documents() {
        let text = without_fences(&repository.text(document));
        for (path, function) in spans(&text).filter_map(as_path) {
            let found = repository.find(path);
            if found.is_empty() {
                wrong.push(format!("{document}: `{path}` does not exist"));
            }
            let Some(function) = function else { continue };
            let name = function.rsplit("::").next().unwrap_or(function);
            let definition = format!("fn {name}");
            let is_defined = |path: &&str| {
                let text = repository.text(path);
                let after = text.split(&definition).skip(1);
                after.into_iter().any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            };
            if !found.is_empty() && !found.iter().any(is_defined) {
                wrong.push(format!("{document}: `{path}` has no `{definition}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A span that names a type: its first identifier, if that is in CamelCase.
fn as_type(span: &str) -> Option<&str> {
    let name = span.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    let is_type =
        name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase());
    (is_type && as_path(span).is_none() && !span.contains([' ', '-'])).then_some(name)
}

#[test]
fn every_type_that_the_glossary_and_the_architecture_name_exists() {
    let repository = Repository::read();
    let is_source = |path: &&String| path.starts_with("crates/") && path.ends_with(".rs");
    let sources: String =
        repository.paths.iter().filter(is_source).map(|path| repository.text(path)).collect();
    let words: HashSet<_> = sources.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let mut wrong = Vec::new();
    for document in ["docs/glossary.md", "ARCHITECTURE.md"] {
        let text = without_fences(&repository.text(document));
        let missing = spans(&text).filter_map(as_type).filter(|name| !words.contains(name));
        wrong.extend(missing.map(|name| format!("{document}: no type `{name}`")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let repository = Repository::read();
    let mut wrong = Vec::new();
    for document in repository.documents() {
        let text = without_fences(&repository.text(document));
        for target in links(&text).filter(|target| !target.contains(':')) {
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let directory = Path::new(document).parent().unwrap_or(Path::new(""));
            let file = match path {
                "" => repository.root.join(document),
                path => repository.root.join(directory).join(path),
            };
            if !file.exists() {
                wrong.push(format!("{document}: {target} does not exist"));
            } else if !heading.is_empty() {
                let linked = fs::read_to_string(&file).unwrap_or_default();
                let has_heading =
                    |line: &str| line.starts_with('#') && anchor(line.trim_start_matches('#')) == heading;
                if !linked.lines().any(has_heading) {
                    wrong.push(format!("{document}: {target} has no such heading"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn documents_stay_within_their_lengths() {
    let repository = Repository::read();
    let mut wrong = Vec::new();
    for (document, most) in WORDS_MAX {
        let found = words(&repository.text(document));
        if found > most {
            wrong.push(format!("{document}: {found} words of at most {most}"));
        }
    }
    for (document, most) in LINES_MAX {
        let found = repository.text(document).lines().count();
        if found > most {
            wrong.push(format!("{document}: {found} lines of at most {most}"));
        }
    }
    let architecture = prose(&repository.text("ARCHITECTURE.md"));
    let found = numbers(&architecture);
    if found > ARCHITECTURE_NUMBERS_MAX {
        wrong.push(format!("ARCHITECTURE.md: {found} numbers of at most {ARCHITECTURE_NUMBERS_MAX}"));
    }
    for paragraph in paragraphs(&architecture) {
        if words(&paragraph) > ARCHITECTURE_PARAGRAPH_WORDS_MAX {
            wrong.push(format!("ARCHITECTURE.md: a paragraph of {} words: {paragraph}", words(&paragraph)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn decisions_are_numbered_once_and_short() {
    let repository = Repository::read();
    let mut numbers = HashMap::new();
    let is_decision = |path: &&str| path.starts_with("docs/decisions/");
    for path in repository.documents().into_iter().filter(is_decision) {
        let (number, _) =
            path.trim_start_matches("docs/decisions/").split_once('-').expect("a number and a title");
        let text = repository.text(path);
        let heading = format!("# {}. ", number.trim_start_matches('0'));
        assert!(text.starts_with(&heading), "{path} does not start with {heading:?}");
        assert!(words(&text) >= *DECISION_WORDS.start(), "{path} has only {} words", words(&text));
        let in_prose = words(&prose(&text));
        assert!(in_prose <= *DECISION_WORDS.end(), "{path} has {in_prose} words of prose");
        assert_eq!(numbers.insert(number.to_owned(), path), None, "{path} has a number that is taken");
    }
    assert!(numbers.len() >= 3, "no decisions were found");
}

#[test]
fn the_checks_find_what_is_wrong() {
    assert_eq!(as_path("crates/engine/src/stock.rs::run"), Some(("crates/engine/src/stock.rs", Some("run"))));
    assert_eq!(as_path("crates/engine"), Some(("crates/engine", None)));
    for other in
        ["LevelCache", "/api/items.csv", "target/xtask/server.log", "docs/decisions/NNNN-<title>.md", ".rs"]
    {
        assert_eq!(as_path(other), None, "{other}");
    }
    assert_eq!(
        ["Response<T>", "LevelCache", "WHERE", "run", "Idempotency-Key"].map(as_type),
        [Some("Response"), Some("LevelCache"), None, None, None]
    );
    let repository = Repository::read();
    assert!(repository.find("crates/engine/src/nowhere.rs").is_empty());
    assert_eq!(repository.find("tests/documents.rs"), ["crates/xtask/tests/documents.rs"]);
    assert_eq!(spans("a `b` c `d`").collect::<Vec<_>>(), ["b", "d"]);
    assert_eq!(links("[a](b.md#c) and ![d](e.png)").collect::<Vec<_>>(), ["b.md#c", "e.png"]);
    assert_eq!(without_fences("a\n```sh\nb\n```\nc"), "a\nc");
    assert_eq!(anchor(" Clean-up, and `more` "), "clean-up-and-more");
    assert_eq!(numbers("2,000 words, 3.5 and x1"), 3);
    assert_eq!(paragraphs("a\nb\n\n1. c\n2. d"), ["a\nb\n", "\n", "1. c\n", "2. d\n"]);
    assert_eq!(prose("a `1` 2\n| 3 |\n```\n4\n```"), "a x 2");
}
