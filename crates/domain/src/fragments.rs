//! Which short runs of letters a name is found by, where a part of it is asked for that is too short for trigrams.

/// Letters and digits in a row that a part of a name must have for an index over trigrams to find it.
const TRIGRAM: usize = 3;

/// The fragments of a name, folded as it is to be searched: each character, each two in a row, and each three that
/// are not all letters and digits. A fragment may come more than once.
pub fn name_fragments(folded: &str) -> impl Iterator<Item = &str> {
    (1..=TRIGRAM).flat_map(|length| runs(folded, length)).filter(|run| !is_trigram(run))
}

/// The fragments that a name must have to hold this part, folded like the name: at least one, none if trigrams find
/// it, which takes three letters or digits in a row.
pub fn search_fragments(folded: &str) -> Vec<&str> {
    let length = folded.chars().take(TRIGRAM).count();
    let mut sought: Vec<_> = if length == 0 { Vec::new() } else { runs(folded, length).collect() };
    if sought.iter().any(|run| is_trigram(run)) {
        sought.clear();
    }
    sought
}

/// All runs of so many characters, at least one.
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
    fn three_letters_in_a_row_are_left_to_trigrams() {
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
        fn a_name_has_every_fragment_of_its_parts(name in "[aéz0 %-]{1,12}", from in 0..12_usize, length in 1..6_usize) {
            let part: String = name.chars().skip(from).take(length).collect();
            let has: HashSet<_> = name_fragments(&name).collect();
            prop_assert!(search_fragments(&part).iter().all(|fragment| has.contains(fragment)));
        }

        #[test]
        fn a_part_without_fragments_has_three_letters_in_a_row(part in "[aéz0 %-]{1,8}") {
            let letters = part.split(|letter: char| !letter.is_alphanumeric());
            let row = letters.map(|row| row.chars().count()).max().unwrap_or(0);
            prop_assert_eq!(search_fragments(&part).is_empty(), row >= TRIGRAM);
        }
    }
}
