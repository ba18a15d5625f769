//! Which parts of names the trigram index of PostgreSQL finds.

/// Letters and digits in a row that make a trigram.
const TRIGRAM: usize = 3;

/// Whether a part of a name contains a trigram: three letters or digits in a row. Without one the index selects every
/// name.
pub fn has_trigram(part: &str) -> bool {
    part.split(|letter: char| !letter.is_alphanumeric()).any(|run| run.chars().nth(TRIGRAM - 1).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigram_is_three_letters_or_digits_in_a_row() {
        for part in ["abc", "éa1", "- abc", "a-bcd"] {
            assert!(has_trigram(part), "{part}");
        }
        for part in ["", "é", "éa", "a-b-c", "ab 12", "%__%"] {
            assert!(!has_trigram(part), "{part}");
        }
    }
}
