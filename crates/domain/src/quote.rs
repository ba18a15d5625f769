//! Texts of callers in error messages.

/// The most characters of a caller's text that an error message repeats.
const QUOTED_CHARS_MAX: usize = 30;

/// Returns a caller's text in quotes for an error message. A long text is cut.
pub fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}
