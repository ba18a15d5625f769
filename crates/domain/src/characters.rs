//! The characters that a text may contain. Two texts that look the same should be the same, and a text must not
//! change how the text around it is displayed.

/// Zero-width joiner and non-joiner. Words of Persian and of Indic scripts contain them, and emoji.
const JOINERS: [char; 2] = ['\u{200C}', '\u{200D}'];

/// Viramas of Indic scripts. A word may end with a virama and a joiner.
const VIRAMAS: [char; 10] = [
    '\u{94D}', '\u{9CD}', '\u{A4D}', '\u{ACD}', '\u{B4D}', '\u{BCD}', '\u{C4D}', '\u{CCD}', '\u{D4D}',
    '\u{DCA}',
];

/// The first character of the scripts that use joiners: Hebrew and all later blocks.
const FIRST_JOINED: char = '\u{590}';

/// The black flag. Tag characters follow it, as in the flag of Scotland.
const FLAG: char = '\u{1F3F4}';

/// A character that is not allowed at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ForbiddenCharacter {
    /// The character.
    pub(crate) character: char,
    /// The reason, as the end of a sentence that begins with "must not contain U+0000, which".
    pub(crate) reason: &'static str,
    /// The position in characters, counted from 1.
    pub(crate) position: usize,
}

/// Finds the first forbidden character. A multi-line text may contain line breaks, tabs, and the directional marks
/// that right-to-left scripts use beside numbers.
pub(crate) fn find_forbidden(text: &str, multi_line: bool) -> Option<ForbiddenCharacter> {
    let mut before = None;
    let mut rest = text.chars().peekable();
    let mut position = 0;
    while let Some(character) = rest.next() {
        position += 1;
        let reason = match character {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' if multi_line => None,
            '\u{61C}' | '\u{200E}' | '\u{200F}' if multi_line => None,
            '\u{2028}' | '\u{2029}' => Some("is a line break"),
            '\u{200C}' | '\u{200D}' => {
                (!joins(before, character, rest.peek().copied())).then_some("joins nothing here")
            }
            _ if is_variation_selector(character) => {
                let follows = before
                    .is_some_and(|before: char| !before.is_whitespace() && !is_variation_selector(before));
                (!follows).then_some("follows no character")
            }
            '\u{E0020}'..='\u{E007F}' => {
                let follows = matches!(before, Some(FLAG | '\u{E0020}'..='\u{E007F}'));
                (!follows).then_some("is invisible")
            }
            _ => reason_for(character),
        };
        if let Some(reason) = reason {
            return Some(ForbiddenCharacter { character, reason, position });
        }
        before = Some(character);
    }
    None
}

/// The reason why this character is forbidden at every position.
pub(crate) fn reason_for(character: char) -> Option<&'static str> {
    match character {
        _ if character.is_control() => Some("is a control character"),
        '\u{FFFD}' => Some("replaces a character that could not be decoded"),
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some("changes the direction of text")
        }
        '\u{AD}'
        | '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D159}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => Some("is invisible"),
        _ => None,
    }
}

/// Returns whether a joiner is between two characters of scripts that use it, or after a virama at the end of a word.
fn joins(before: Option<char>, joiner: char, after: Option<char>) -> bool {
    let is_joined = |other: char| {
        other >= FIRST_JOINED
            && !other.is_whitespace()
            && !JOINERS.contains(&other)
            && reason_for(other).is_none()
            || is_variation_selector(other)
    };
    let after_virama = before.is_some_and(|before| VIRAMAS.contains(&before)) && after != Some(joiner);
    after_virama || (before.is_some_and(is_joined) && after.is_some_and(is_joined))
}

/// Returns whether a character is a variation selector, which changes the look of the character before it.
fn is_variation_selector(character: char) -> bool {
    matches!(character, '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_of_any_language_are_accepted() {
        for text in [
            "Lamp, 9.5\" — “warm” №5 (½)",
            "Crème brûlée",
            "شال صوف",
            "می\u{200C}خواهم",
            "मेज़ क्\u{200D}ष",
            "അവന\u{D4D}\u{200D}",
            "മേശ ന\u{D4D}\u{200D} വില",
            "日本語の本",
            "한국어 책",
            "שולחן",
            "ไทย",
            "👩\u{200D}👩\u{200D}👧 doll",
            "❤\u{FE0F}\u{200D}🔥",
            "🏳\u{FE0F}\u{200D}🌈 flag",
            "👩🏽\u{200D}🚒",
            "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
            "1\u{FE0F}\u{20E3}",
            "葛\u{E0100}",
            "a\u{A0}b",
        ] {
            assert_eq!(find_forbidden(text, false), None, "{text}");
        }
    }

    #[test]
    fn the_position_and_the_reason_are_returned() {
        for (text, character, reason, position) in [
            ("R28 \u{202E}elttek", '\u{202E}', "changes the direction of text", 5),
            ("a\u{7}b", '\u{7}', "is a control character", 2),
            ("a\nb", '\n', "is a control character", 2),
            ("a\u{2028}b", '\u{2028}', "is a line break", 2),
            ("Caf\u{FFFD}", '\u{FFFD}', "replaces a character that could not be decoded", 4),
            ("La\u{200B}mp", '\u{200B}', "is invisible", 3),
            ("Lamp\u{FEFF}", '\u{FEFF}', "is invisible", 5),
            ("\u{3164}", '\u{3164}', "is invisible", 1),
            ("La\u{200D}mp", '\u{200D}', "joins nothing here", 3),
            ("\u{200C}خ", '\u{200C}', "joins nothing here", 1),
            ("خ\u{200C}", '\u{200C}', "joins nothing here", 2),
            ("خ\u{200C}\u{200C}خ", '\u{200C}', "joins nothing here", 2),
            ("é\u{200D}é", '\u{200D}', "joins nothing here", 2),
            ("\u{FE0F}", '\u{FE0F}', "follows no character", 1),
            ("a \u{FE0F}", '\u{FE0F}', "follows no character", 3),
            ("a\u{E0067}", '\u{E0067}', "is invisible", 2),
        ] {
            assert_eq!(
                find_forbidden(text, false),
                Some(ForbiddenCharacter { character, reason, position }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_multi_line_text_may_have_line_breaks_but_no_direction_overrides() {
        assert_eq!(find_forbidden("a\r\n\tb\u{2029}c \u{200F}5", true), None);
        for text in ["a\u{202D}b", "a\u{2067}b", "a\u{B}b", "a\u{85}b", "a\u{200B}b"] {
            assert!(find_forbidden(text, true).is_some(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_text_has_no_invisible_character(text in "\\PC*|.*", multi_line: bool) {
            if find_forbidden(&text, multi_line).is_none() {
                for character in text.chars().filter(|character| reason_for(*character).is_some()) {
                    let tags = ('\u{E0020}'..='\u{E007F}').contains(&character) || is_variation_selector(character);
                    prop_assert!(multi_line || tags, "{:?}", character);
                }
            }
        }

        #[test]
        fn a_forbidden_character_is_found_at_every_position(
            before in "[a-zA-Zäöü ]{0,10}",
            after in "[a-zA-Zäöü ]{0,10}",
            character in prop::sample::select(vec![
                '\u{0}', '\u{1B}', '\u{7F}', '\u{9B}', '\u{AD}', '\u{200B}', '\u{200C}', '\u{200D}', '\u{202A}',
                '\u{202E}', '\u{2060}', '\u{2066}', '\u{2069}', '\u{FEFF}', '\u{FFF9}', '\u{E0001}',
            ]),
            multi_line: bool,
        ) {
            let found = find_forbidden(&format!("{before}{character}{after}"), multi_line);
            let position = before.chars().count() + 1;
            prop_assert_eq!(found.map(|found| (found.character, found.position)), Some((character, position)));
        }
    }
}
