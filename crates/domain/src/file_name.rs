//! The names of uploaded files.

use crate::characters::reason_for;

/// The most characters of a file's name.
pub const FILE_NAME_CHARS_MAX: usize = 255;

/// The name of a file without a name.
const DEFAULT_NAME: &str = "file.csv";

/// Returns the name under which an uploaded file is stored and downloaded: at most [`FILE_NAME_CHARS_MAX`] characters, without
/// directories, and without control characters, line breaks, invisible characters and those that change the direction of text.
/// `file.csv` if nothing is left.
pub fn safe_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_safe =
        |character: &char| !matches!(character, '\u{2028}' | '\u{2029}') && reason_for(*character).is_none();
    let safe: String = last.chars().filter(is_safe).take(FILE_NAME_CHARS_MAX).collect();
    match safe.trim() {
        "" | "." | ".." => DEFAULT_NAME.to_owned(),
        safe => safe.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_one_safe_name() {
        for (name, safe) in [
            ("Preise Mühle 3.csv", "Preise Mühle 3.csv"),
            ("C:\\Users\\anna\\prices.csv", "prices.csv"),
            ("../../etc/passwd", "passwd"),
            ("a/..", "file.csv"),
            ("prices\u{202E}vsc.exe", "pricesvsc.exe"),
            ("a\r\nset-cookie: x\0\u{2028}.csv", "aset-cookie: x.csv"),
            (" \u{200B} ", "file.csv"),
            ("", "file.csv"),
        ] {
            assert_eq!(safe_file_name(name), safe, "{name:?}");
        }
        assert_eq!(safe_file_name(&"ü".repeat(300)).chars().count(), FILE_NAME_CHARS_MAX);
    }
}
