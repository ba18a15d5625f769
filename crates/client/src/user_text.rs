//! Text of people and of other systems: names, references, notes, SKUs. Its direction is unknown, and it may contain
//! characters that would change the text around it.

use leptos::prelude::*;

/// Returns whether a character changes the direction or the lines of the text around it, or is not visible.
fn is_control(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the text with control characters as visible symbols: a line feed as `␊`, others as `[U+202E]`.
pub fn visible(text: impl Into<String>) -> String {
    let text = text.into();
    if !text.contains(is_control) {
        return text;
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            // The symbols of these characters have the same order.
            '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(char))),
            '\u{7f}' => shown.push('\u{2421}'),
            char if is_control(char) => shown.push_str(&format!("[U+{:04X}]", u32::from(char))),
            char => shown.push(char),
        }
    }
    shown
}

/// Returns the text of several lines with control characters as visible symbols. Line ends stay.
pub fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// Renders text of people, isolated from the direction of the text around it.
pub fn user_text(text: impl Into<String>) -> impl IntoView {
    view! { <bdi>{visible(text)}</bdi> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_visible() {
        assert_eq!(visible("Lamp – ランプ"), "Lamp – ランプ");
        assert_eq!(visible("a\nb\tc\u{7f}"), "a␊b␉c␡");
        assert_eq!(visible("x\u{202e}gpj.exe\u{85}"), "x[U+202E]gpj.exe[U+0085]");
        assert_eq!(visible_lines("a\r\nb\u{200f}"), "a\nb[U+200F]");
    }
}
