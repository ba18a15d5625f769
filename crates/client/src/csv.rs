//! Splits a CSV file into chunks for the upload. Only the ends of records are parsed here.

/// The most data records per chunk.
const CHUNK_RECORDS_MAX: usize = 500;

/// A chunk that has reached this size takes no further records, in bytes. Well below the server's limit.
const CHUNK_BYTES_TARGET: usize = 100_000;

/// A part of a file, with the file's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The header and some records.
    pub text: String,
    /// The line number of the first record in the file. The header is line 1.
    pub first_line: i64,
    /// The number of records.
    pub lines: usize,
}

/// Splits a file into chunks. Returns none if the file has no record after its header.
pub fn chunks(text: &str) -> Vec<Chunk> {
    let text = text.trim_start_matches('\u{feff}');
    let mut records = records(text).into_iter();
    let Some(header) = records.next() else { return Vec::new() };
    let mut line = 1 + lines_in(header);
    let mut chunks: Vec<Chunk> = Vec::new();
    for record in records.filter(|record| !record.trim().is_empty()) {
        match chunks.last_mut() {
            Some(chunk) if chunk.lines < CHUNK_RECORDS_MAX && chunk.text.len() < CHUNK_BYTES_TARGET => {
                chunk.text.push_str(record);
                chunk.lines += 1;
            }
            _ => chunks.push(Chunk { text: format!("{header}{record}"), first_line: line, lines: 1 }),
        }
        line += lines_in(record);
    }
    chunks
}

/// Returns the records, including their line ends. A quoted field may contain line ends.
fn records(text: &str) -> Vec<&str> {
    let (mut records, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                records.push(&text[start..=at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if start < text.len() {
        records.push(&text[start..]);
    }
    records
}

fn lines_in(record: &str) -> i64 {
    record.bytes().filter(|byte| *byte == b'\n').count().max(1) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_end_where_lines_end_outside_of_quotes() {
        assert_eq!(records("a,b\n1,\"x\ny\"\n2,z"), ["a,b\n", "1,\"x\ny\"\n", "2,z"]);
        assert_eq!(records("a\n\"say \"\"hi\"\"\n\"\n"), ["a\n", "\"say \"\"hi\"\"\n\"\n"]);
    }

    #[test]
    fn every_chunk_has_the_header_and_knows_its_line() {
        let file = format!("\u{feff}name\n{}", "lamp\n".repeat(CHUNK_RECORDS_MAX + 1));
        let chunks = chunks(&file);
        assert_eq!(chunks.len(), 2);
        assert_eq!((chunks[0].first_line, chunks[0].lines), (2, CHUNK_RECORDS_MAX));
        assert_eq!(
            chunks[1],
            Chunk { text: "name\nlamp\n".to_owned(), first_line: CHUNK_RECORDS_MAX as i64 + 2, lines: 1 }
        );
        assert!(super::chunks("name\n").is_empty());
        assert!(super::chunks("").is_empty());
    }
}
