//! Which characters a text may have. Two texts that look alike should be alike, and a text must not change how the
//! text around it is shown.

/// Zero-width joiner and non-joiner: they belong to words of Persian and of Indic scripts, and to emoji.
const JOINERS: [char; 2] = ['\u{200C}', '\u{200D}'];

/// Signs after which a word of an Indic script may end with a joiner.
const VIRAMAS: [char; 10] = [
    '\u{94D}', '\u{9CD}', '\u{A4D}', '\u{ACD}', '\u{B4D}', '\u{BCD}', '\u{C4D}', '\u{CCD}', '\u{D4D}',
    '\u{DCA}',
];

/// The first character of the scripts that joiners belong to: Hebrew, and all that follow.
const FIRST_JOINED: char = '\u{590}';

/// The flag that tag characters follow, as in that of Scotland.
const FLAG: char = '\u{1F3F4}';

/// A character that a text may not have where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The character.
    pub(crate) character: char,
    /// The reason, as the end of a sentence that begins with "must not contain U+0000, which".
    pub(crate) reason: &'static str,
    /// Its place, counted from 1.
    pub(crate) place: usize,
}

/// The first character that a text may not have. A text of several lines may have line breaks, tabs, and the marks
/// that right-to-left scripts put beside numbers.
pub(crate) fn refused(text: &str, several_lines: bool) -> Option<Refused> {
    let mut before = None;
    let mut rest = text.chars().peekable();
    let mut place = 0;
    while let Some(character) = rest.next() {
        place += 1;
        let reason = match character {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' if several_lines => None,
            '\u{61C}' | '\u{200E}' | '\u{200F}' if several_lines => None,
            '\u{2028}' | '\u{2029}' => Some("is a line break"),
            '\u{200C}' | '\u{200D}' => {
                (!joins(before, character, rest.peek().copied())).then_some("joins nothing here")
            }
            _ if selects_variant(character) => {
                let follows =
                    before.is_some_and(|before: char| !before.is_whitespace() && !selects_variant(before));
                (!follows).then_some("follows no character")
            }
            '\u{E0020}'..='\u{E007F}' => {
                let follows = matches!(before, Some(FLAG | '\u{E0020}'..='\u{E007F}'));
                (!follows).then_some("is invisible")
            }
            _ => reason_for(character),
        };
        if let Some(reason) = reason {
            return Some(Refused { character, reason, place });
        }
        before = Some(character);
    }
    None
}

/// Why no text may have this character, wherever it stands.
fn reason_for(character: char) -> Option<&'static str> {
    match character {
        _ if character.is_control() => Some("is a control character"),
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

/// Whether a joiner stands between two characters of scripts that use it, or after a sign that takes it at the end of
/// a word.
fn joins(before: Option<char>, joiner: char, after: Option<char>) -> bool {
    let is_joined = |other: char| {
        other >= FIRST_JOINED
            && !other.is_whitespace()
            && !JOINERS.contains(&other)
            && reason_for(other).is_none()
            || selects_variant(other)
    };
    let after_virama = before.is_some_and(|before| VIRAMAS.contains(&before)) && after != Some(joiner);
    after_virama || (before.is_some_and(is_joined) && after.is_some_and(is_joined))
}

/// Whether a character chooses the look of the one before it.
fn selects_variant(character: char) -> bool {
    matches!(character, '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_of_any_language_are_taken() {
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
            assert_eq!(refused(text, false), None, "{text}");
        }
    }

    #[test]
    fn the_place_and_the_reason_are_named() {
        for (text, character, reason, place) in [
            ("R28 \u{202E}elttek", '\u{202E}', "changes the direction of text", 5),
            ("a\u{7}b", '\u{7}', "is a control character", 2),
            ("a\nb", '\n', "is a control character", 2),
            ("a\u{2028}b", '\u{2028}', "is a line break", 2),
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
            assert_eq!(refused(text, false), Some(Refused { character, reason, place }), "{text:?}");
        }
    }

    #[test]
    fn a_text_of_several_lines_has_line_breaks_and_no_overrides() {
        assert_eq!(refused("a\r\n\tb\u{2029}c \u{200F}5", true), None);
        for text in ["a\u{202D}b", "a\u{2067}b", "a\u{B}b", "a\u{85}b", "a\u{200B}b"] {
            assert!(refused(text, true).is_some(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_that_is_taken_has_nothing_invisible(text in "\\PC*|.*", several_lines: bool) {
            if refused(&text, several_lines).is_none() {
                for character in text.chars().filter(|character| reason_for(*character).is_some()) {
                    let tags = ('\u{E0020}'..='\u{E007F}').contains(&character) || selects_variant(character);
                    prop_assert!(several_lines || tags, "{:?}", character);
                }
            }
        }

        #[test]
        fn what_is_never_allowed_is_found_anywhere(
            before in "[a-zA-Zäöü ]{0,10}",
            after in "[a-zA-Zäöü ]{0,10}",
            character in prop::sample::select(vec![
                '\u{0}', '\u{1B}', '\u{7F}', '\u{9B}', '\u{AD}', '\u{200B}', '\u{200C}', '\u{200D}', '\u{202A}',
                '\u{202E}', '\u{2060}', '\u{2066}', '\u{2069}', '\u{FEFF}', '\u{FFF9}', '\u{E0001}',
            ]),
            several_lines: bool,
        ) {
            let found = refused(&format!("{before}{character}{after}"), several_lines);
            let place = before.chars().count() + 1;
            prop_assert_eq!(found.map(|found| (found.character, found.place)), Some((character, place)));
        }
    }
}
