//! Character encodings: detection, names for people, and streaming decoding.

use chardetng::{EncodingDetector as LegacyDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder as EncodingDecoder, DecoderResult};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The bytes of non-ASCII text from which a legacy encoding is detected, in bytes.
const LEGACY_SAMPLE_BYTES_MAX: usize = 4 << 20;

/// The names of common encodings in words. Others are shown by their label.
const WORDS: [(&str, &str); 9] = [
    ("UTF-8", "Unicode (UTF-8)"),
    ("UTF-16LE", "Unicode (UTF-16, little-endian)"),
    ("UTF-16BE", "Unicode (UTF-16, big-endian)"),
    ("windows-1252", "Western European (Windows-1252)"),
    ("windows-1250", "Central European (Windows-1250)"),
    ("windows-1251", "Cyrillic (Windows-1251)"),
    ("windows-1253", "Greek (Windows-1253)"),
    ("windows-1254", "Turkish (Windows-1254)"),
    ("Shift_JIS", "Japanese (Shift_JIS)"),
];

/// A character encoding of the [Encoding Standard](https://encoding.spec.whatwg.org/).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// UTF-8, with or without a byte order mark.
    pub const UTF_8: Self = Self(encoding_rs::UTF_8);
    /// UTF-16, least significant byte first.
    pub const UTF_16LE: Self = Self(encoding_rs::UTF_16LE);
    /// UTF-16, most significant byte first.
    pub const UTF_16BE: Self = Self(encoding_rs::UTF_16BE);
    /// The encoding of Western European versions of Windows.
    pub const WINDOWS_1252: Self = Self(encoding_rs::WINDOWS_1252);

    /// Returns the encoding with this label, such as `utf-8` or `latin1`, in any case.
    pub fn for_label(label: &str) -> Option<Self> {
        encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()).map(Self)
    }

    /// The label of the Encoding Standard, such as `windows-1252`.
    pub fn label(self) -> &'static str {
        self.0.name()
    }

    /// The name in words, such as "Western European (Windows-1252)".
    pub fn in_words(self) -> &'static str {
        WORDS.iter().find(|(label, _)| *label == self.label()).map_or(self.label(), |(_, words)| words)
    }
}

impl From<Encoding> for &'static str {
    fn from(encoding: Encoding) -> Self {
        encoding.label()
    }
}

impl TryFrom<String> for Encoding {
    type Error = &'static str;

    fn try_from(label: String) -> Result<Self, Self::Error> {
        Self::for_label(&label).ok_or("must be a label of the Encoding Standard, such as utf-8")
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Detects the encoding of a stream of bytes in bounded memory.
pub(crate) struct Detector {
    /// The first bytes, for the byte order mark.
    first: Vec<u8>,
    utf8: EncodingDecoder,
    /// Well-formed UTF-8 sequences of more than one byte.
    multi_byte: u64,
    /// Malformed UTF-8 sequences.
    malformed: u64,
    legacy: LegacyDetector,
    /// The bytes that `legacy` received.
    legacy_bytes: usize,
}

impl Detector {
    pub(crate) fn new() -> Self {
        Self {
            first: Vec::new(),
            utf8: encoding_rs::UTF_8.new_decoder_without_bom_handling(),
            multi_byte: 0,
            malformed: 0,
            legacy: LegacyDetector::new(Iso2022JpDetection::Deny),
            legacy_bytes: 0,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let missing = 3_usize.saturating_sub(self.first.len());
        self.first.extend(bytes.iter().take(missing));
        self.check_utf8(bytes, false);
        if !bytes.is_ascii() && self.legacy_bytes < LEGACY_SAMPLE_BYTES_MAX {
            self.legacy.feed(bytes, false);
            self.legacy_bytes += bytes.len();
        }
    }

    /// Returns the encoding by the byte order mark; otherwise UTF-8 if most non-ASCII text is UTF-8; otherwise the most
    /// likely legacy encoding.
    pub(crate) fn finish(mut self) -> Encoding {
        if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(&self.first) {
            return Encoding(encoding);
        }
        self.check_utf8(&[], true);
        if self.malformed <= self.multi_byte {
            return Encoding::UTF_8;
        }
        self.legacy.feed(&[], true);
        Encoding(self.legacy.guess(None, Utf8Detection::Deny))
    }

    fn check_utf8(&mut self, mut bytes: &[u8], last: bool) {
        let mut decoded = [0; 4096];
        loop {
            let (result, read, written) =
                self.utf8.decode_to_utf8_without_replacement(bytes, &mut decoded, last);
            let leads = decoded[..written].iter().filter(|byte| **byte >= 0xC0).count();
            self.multi_byte += u64::try_from(leads).unwrap_or(u64::MAX);
            bytes = &bytes[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.malformed += 1,
            }
        }
    }
}

/// Decodes a stream of bytes. Bytes that the encoding does not define become U+FFFD, which no cell may contain. NUL becomes
/// U+FFFD in every encoding, because PostgreSQL's text can't hold it.
pub(crate) struct Decoder(EncodingDecoder);

impl Decoder {
    pub(crate) fn new(encoding: Encoding) -> Self {
        Self(encoding.0.new_decoder_with_bom_removal())
    }

    /// Appends the decoded bytes to `text`. `last` ends the stream.
    pub(crate) fn decode(&mut self, mut bytes: &[u8], last: bool, text: &mut String) {
        let from = text.len();
        loop {
            text.reserve(self.0.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
            let (result, read, _) = self.0.decode_to_string(bytes, text, last);
            bytes = &bytes[read..];
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        if text.as_bytes()[from..].contains(&0) {
            let replaced = text[from..].replace('\0', "\u{FFFD}");
            text.replace_range(from.., &replaced);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(chunks: &[&[u8]]) -> Encoding {
        let mut detector = Detector::new();
        chunks.iter().for_each(|chunk| detector.push(chunk));
        detector.finish()
    }

    #[test]
    fn byte_order_marks_and_valid_utf8_are_detected() {
        assert_eq!(detected(&[]), Encoding::UTF_8);
        assert_eq!(detected(&[b"name,price\n"]), Encoding::UTF_8);
        assert_eq!(detected(&["Mühle".as_bytes()]), Encoding::UTF_8);
        assert_eq!(detected(&[b"M\xC3", b"\xBChle"]), Encoding::UTF_8);
        assert_eq!(detected(&[b"\xEF\xBB", b"\xBFname"]), Encoding::UTF_8);
        assert_eq!(detected(&[b"\xFF", b"\xFEn\0"]), Encoding::UTF_16LE);
        assert_eq!(detected(&[b"\xFE\xFF\0n"]), Encoding::UTF_16BE);
    }

    #[test]
    fn windows_1252_is_detected() {
        assert_eq!(detected(&[b"name,price\nM\xFChle f\xFCr Kaffee,9.00\n"]), Encoding::WINDOWS_1252);
        assert_eq!(detected(&[b"Cr\xE8me br\xFBl\xE9e \x80 5"]), Encoding::WINDOWS_1252);
    }

    #[test]
    fn one_damaged_character_does_not_change_the_encoding_of_a_utf8_file() {
        assert_eq!(detected(&["Mühle, Töpfe".as_bytes(), b"\xFF", "ü".as_bytes()]), Encoding::UTF_8);
    }

    #[test]
    fn an_encoding_has_a_label_and_words() {
        let latin = Encoding::for_label("Latin1").expect("a label");
        assert_eq!(latin, Encoding::WINDOWS_1252);
        assert_eq!((latin.label(), latin.in_words()), ("windows-1252", "Western European (Windows-1252)"));
        assert_eq!(Encoding::for_label("koi8-r").map(Encoding::in_words), Some("KOI8-R"));
        assert_eq!(Encoding::for_label("klingon"), None);
        for (label, _) in WORDS {
            assert_eq!(Encoding::for_label(label).map(Encoding::label), Some(label));
        }
    }
    #[test]
    fn a_nul_is_never_decoded() {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| "a\0ü".encode_utf16().flat_map(bytes).collect::<Vec<_>>();
        for (encoding, bytes) in [
            (Encoding::UTF_8, "a\0ü".as_bytes().to_vec()),
            (Encoding::UTF_16LE, utf16(u16::to_le_bytes)),
            (Encoding::UTF_16BE, utf16(u16::to_be_bytes)),
            (Encoding::WINDOWS_1252, b"a\0\xFC".to_vec()),
        ] {
            for length in 1..=bytes.len() {
                let (mut decoder, mut text) = (Decoder::new(encoding), String::new());
                bytes.chunks(length).for_each(|chunk| decoder.decode(chunk, false, &mut text));
                decoder.decode(&[], true, &mut text);
                assert_eq!(text, "a\u{FFFD}ü", "{encoding:?} in chunks of {length}");
            }
        }
    }
}
