//! The console's texts by key, in the person's language. `build.rs` compiles `texts/<language>.ftl` to one function per key.

#![allow(
    dead_code,
    reason = "a text may be shown by the server only, or in the browser only; a test finds unused ones"
)]

use crate::format::format_integer;
use crate::locale::Locale;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The first of the characters that stand for variables in a pattern. `build.rs` has the same.
const FIRST_PLACEHOLDER: u32 = 0xE000;

fn language_index() -> usize {
    Locale::current().language
}

fn pick(texts: &[&'static str]) -> &'static str {
    texts[language_index()]
}

/// Puts values into a pattern.
fn fill(pattern: &str, values: &[&str]) -> String {
    let mut text = String::with_capacity(pattern.len() + 16);
    for character in pattern.chars() {
        let index = (character as u32).wrapping_sub(FIRST_PLACEHOLDER) as usize;
        match values.get(index) {
            Some(value) => text.push_str(value),
            None => text.push(character),
        }
    }
    text
}

/// Returns the plural category of a number in English and German, as the
/// [CLDR](https://cldr.unicode.org/index/cldr-spec/plural-rules) defines it. A language with other rules needs its own.
fn plural_category(number: i64) -> &'static str {
    if number == 1 { "one" } else { "other" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Returns the content of all source files in a folder.
    fn sources(folder: &std::path::Path, content: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, content);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                content.push_str(&std::fs::read_to_string(path).expect("a file"));
            }
        }
    }

    #[test]
    fn each_text_is_used() {
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut content = String::new();
        sources(&crates.join("client/src"), &mut content);
        sources(&crates.join("server/src"), &mut content);
        let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
        // The server names texts in the module `messages`.
        let calls = ["texts::", "messages::"].into_iter().flat_map(|module| content.split(module).skip(1));
        let used: std::collections::HashSet<&str> =
            calls.filter_map(|rest| rest.split(|character| !is_name(character)).next()).collect();
        let unused: Vec<_> = KEYS.iter().filter(|key| !used.contains(**key)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn values_are_put_into_patterns() {
        assert_eq!(fill("\u{E001} of \u{E000}", &["2", "one"]), "one of 2");
        assert_eq!(fill("no variable", &[]), "no variable");
    }

    /// The texts that are the same in English and German.
    const EQUAL: &[&str] = &[
        "authenticator-code",
        "barcodes",
        "browser",
        "detail-of-field",
        "draft-no-target",
        "encoding-utf-8",
        "import-id",
        "is-done",
        "language-name",
        "lines-and-units",
        "live-on",
        "name",
        "plan-number",
        "problem",
        "optional",
        "sku",
        "status",
        "token",
        "units-of-item",
        "version",
        "webhook-cursor",
        "webhook-skus",
        "webhook-url",
        "webhooks",
        "milliseconds",
    ];

    /// Returns the texts of a file by key, with all their lines.
    fn by_key(file: &'static str) -> Vec<(&'static str, String)> {
        let mut texts = Vec::<(&str, String)>::new();
        for line in file.lines() {
            match line.split_once(" = ") {
                Some((key, text)) if line.starts_with(|first: char| first.is_ascii_lowercase()) => {
                    texts.push((key, text.to_owned()));
                }
                _ if line.starts_with(' ') => {
                    texts.iter_mut().next_back().expect("a text").1.push_str(line);
                }
                _ => {}
            }
        }
        texts
    }

    #[test]
    fn texts_are_translated() {
        let english: HashMap<_, _> = by_key(include_str!("../texts/en.ftl")).into_iter().collect();
        for (key, german) in by_key(include_str!("../texts/de.ftl")) {
            let is_equal = english.get(key) == Some(&german);
            assert!(!is_equal || EQUAL.contains(&key), "{key} is not translated: {german}");
        }
    }

    #[test]
    fn texts_have_singular_and_plural() {
        assert_eq!(days_ago(1), "1 day ago");
        assert_eq!(days_ago(1_200), "1,200 days ago");
    }
}
