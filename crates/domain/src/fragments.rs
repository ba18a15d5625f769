//! Name fragments: an n-gram index for search terms that are too short for a trigram index.

/// Consecutive letters and digits that a search term needs so that a trigram index can find it.
const TRIGRAM: usize = 3;

/// Returns the fragments of a case-folded name: each character, each pair, and each triple that has a character other
/// than a letter or a digit. A fragment may occur more than once.
pub fn name_fragments(folded: &str) -> impl Iterator<Item = &str> {
    (1..=TRIGRAM).flat_map(|length| runs(folded, length)).filter(|run| !is_trigram(run))
}

/// Returns the fragments that every name with this case-folded search term has. Returns none if the term has three
/// consecutive letters or digits: the trigram index finds it then.
pub fn search_fragments(folded: &str) -> Vec<&str> {
    let length = folded.chars().take(TRIGRAM).count();
    let mut fragments: Vec<_> = if length == 0 { Vec::new() } else { runs(folded, length).collect() };
    if fragments.iter().any(|run| is_trigram(run)) {
        fragments.clear();
    }
    fragments
}

/// All substrings of `length` characters; `length` is at least 1.
fn runs(text: &str, length: usize) -> impl Iterator<Item = &str> {
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8()).skip(length - 1);
    text.char_indices().zip(ends).map(|((start, _), end)| &text[start..end])
}

fn is_trigram(run: &str) -> bool {
    run.chars().filter(|letter| letter.is_alphanumeric()).count() == TRIGRAM
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn three_consecutive_letters_are_no_fragment() {
        assert_eq!(
            name_fragments("aé-1").collect::<Vec<_>>(),
            ["a", "é", "-", "1", "aé", "é-", "-1", "aé-", "é-1"]
        );
        assert_eq!(name_fragments("abc").collect::<Vec<_>>(), ["a", "b", "c", "ab", "bc"]);
        assert_eq!(name_fragments("").count(), 0);
        assert_eq!(search_fragments("é"), ["é"]);
        assert_eq!(search_fragments("éa"), ["éa"]);
        assert_eq!(search_fragments("a-b-c"), ["a-b", "-b-", "b-c"]);
        assert!(search_fragments("- abc").is_empty());
        assert!(search_fragments("").is_empty());
    }

    proptest! {
        #[test]
        fn a_name_has_every_fragment_of_its_substrings(name in "[aéz0 %-]{1,12}", from in 0..12_usize, length in 1..6_usize) {
            let part: String = name.chars().skip(from).take(length).collect();
            let has: HashSet<_> = name_fragments(&name).collect();
            prop_assert!(search_fragments(&part).iter().all(|fragment| has.contains(fragment)));
        }

        #[test]
        fn a_term_without_fragments_has_three_consecutive_letters(part in "[aéz0 %-]{1,8}") {
            let letters = part.split(|letter: char| !letter.is_alphanumeric());
            let row = letters.map(|row| row.chars().count()).max().unwrap_or(0);
            prop_assert_eq!(search_fragments(&part).is_empty(), row >= TRIGRAM);
        }
    }
}
