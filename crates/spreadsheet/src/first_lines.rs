//! The first lines of a file, from which a person chooses the header.

use crate::encoding::{Decoder, Detector, Encoding};

/// The bytes of a file from which its first lines are read.
const BYTES_MAX: usize = 64 << 10;

/// The most lines.
const LINES_MAX: usize = 20;

/// The most characters of a line. The rest is cut.
const LINE_CHARS_MAX: usize = 80;

/// Returns the first lines of a file that are not blank, with their numbers as an editor counts: at most 20, each cut to 80
/// characters. `file` is its beginning. Without an encoding, that of the beginning is detected.
pub fn first_lines(file: &[u8], encoding: Option<Encoding>) -> Vec<(u64, String)> {
    let file = &file[..file.len().min(BYTES_MAX)];
    let encoding = encoding.unwrap_or_else(|| {
        let mut detector = Detector::new();
        detector.push(file);
        detector.finish()
    });
    let mut text = String::new();
    Decoder::new(encoding).decode(file, false, &mut text);
    let text = text.replace("\r\n", "\n");
    let lines = (1..).zip(text.split(['\n', '\r'])).filter(|(_, line)| !line.trim().is_empty());
    let cut = |(number, line): (u64, &str)| {
        let mut characters = line.trim().chars();
        let mut shown: String = characters.by_ref().take(LINE_CHARS_MAX).collect();
        if characters.next().is_some() {
            shown.push('…');
        }
        (number, shown)
    };
    lines.take(LINES_MAX).map(cut).collect()
}
