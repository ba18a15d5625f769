//! The choices of a person for a file.

use domain::Error;
use serde::{Deserialize, Serialize};
use spreadsheet::{Choices, DecimalSign, Delimiter, Encoding, Field, FileKind};
use utoipa::ToSchema;

/// The last line that can be chosen as the header.
const HEADER_LINE_MAX: i64 = 1_000;

/// The most columns that have a choice.
const COLUMNS_MAX: usize = 1_000;

/// The last position of a column that has a choice.
const COLUMN_INDEX_MAX: u32 = 100_000;

/// Choices for a file. A part that is null or absent is detected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ChooseImport {
    /// The encoding: a label of the Encoding Standard, such as `utf-8` or `windows-1252`.
    #[schema(
        pattern = "^(utf-8|utf-16le|utf-16be|windows-125[0-8]|iso-8859-15|shift_jis|gb18030|big5|euc-kr)$"
    )]
    pub encoding: Option<String>,
    /// The delimiter: `comma`, `semicolon`, `tab`, or the character.
    #[schema(pattern = "^(comma|semicolon|tab|[,;|])$")]
    pub delimiter: Option<String>,
    /// The decimal sign: `point` or `comma`.
    #[schema(pattern = "^(point|comma)$")]
    pub decimal_sign: Option<String>,
    /// `items` changes details of items, `stock` changes their stock.
    #[schema(pattern = "^(items|stock)$")]
    pub kind: Option<String>,
    /// The line that names the columns, as an editor counts. The lines above it are skipped.
    #[schema(minimum = 1, maximum = 1_000)]
    pub header_line: Option<i64>,
    /// The fields of columns.
    #[schema(max_items = 1_000)]
    pub columns: Vec<ImportColumnChoice>,
}

/// The field that a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportColumnChoice {
    /// The position of the column, from 0.
    #[schema(maximum = 100_000)]
    pub index: u32,
    /// The field; null ignores the column.
    #[schema(pattern = "^(id|sku|name|description|category|price|barcodes|warehouse|count|change|reason)$")]
    pub field: Option<String>,
}

/// Reads choices.
///
/// # Errors
/// [`Error::Invalid`] for an unknown name.
pub fn parse_choices(choices: &ChooseImport) -> Result<Choices, Error> {
    let ChooseImport { encoding, delimiter, decimal_sign, kind, header_line, columns } = choices;
    if columns.len() > COLUMNS_MAX {
        return Err(Error::invalid("columns", format!("must have at most {COLUMNS_MAX} entries")));
    }
    let column = |choice: &ImportColumnChoice| {
        if choice.index > COLUMN_INDEX_MAX {
            return Err(Error::invalid(
                "index",
                format!("must be 0 to {COLUMN_INDEX_MAX}, not {}", choice.index),
            ));
        }
        let field = choice.field.as_deref().map(|name| {
            let known = Field::from_name(name);
            known.ok_or_else(|| {
                let names = Field::ALL.map(Field::as_str).join(", ");
                Error::invalid(
                    "field",
                    format!("must be one of {names}, or null, not {}", domain::quoted(name)),
                )
            })
        });
        Ok((usize::try_from(choice.index).unwrap_or(usize::MAX), field.transpose()?))
    };
    Ok(Choices {
        encoding: encoding.as_deref().map(parse_encoding).transpose()?,
        delimiter: delimiter.as_deref().map(parse_delimiter).transpose()?,
        decimal_sign: decimal_sign.as_deref().map(parse_decimal_sign).transpose()?,
        kind: kind.as_deref().map(parse_kind).transpose()?,
        header_line: header_line.map(parse_header_line).transpose()?,
        columns: columns.iter().map(column).collect::<Result<_, Error>>()?,
    })
}

fn parse_encoding(label: &str) -> Result<Encoding, Error> {
    Encoding::for_label(label).ok_or_else(|| {
        let label = domain::quoted(label);
        Error::invalid("encoding", format!("must be a label such as utf-8 or windows-1252, not {label}"))
    })
}

fn parse_delimiter(text: &str) -> Result<Delimiter, Error> {
    let mut characters = text.chars();
    let found = match (text, characters.next(), characters.next()) {
        ("comma", ..) => Some(Delimiter::COMMA),
        ("semicolon", ..) => Some(Delimiter::SEMICOLON),
        ("tab", ..) => Some(Delimiter::TAB),
        (_, Some(character), None) => Delimiter::new(character),
        _ => None,
    };
    found.ok_or_else(|| {
        let text = domain::quoted(text);
        Error::invalid(
            "delimiter",
            format!("must be comma, semicolon, tab or a punctuation mark, not {text}"),
        )
    })
}

fn parse_decimal_sign(text: &str) -> Result<DecimalSign, Error> {
    match text {
        "point" => Ok(DecimalSign::Point),
        "comma" => Ok(DecimalSign::Comma),
        _ => Err(Error::invalid(
            "decimalSign",
            format!("must be point or comma, not {}", domain::quoted(text)),
        )),
    }
}

fn parse_kind(text: &str) -> Result<FileKind, Error> {
    match text {
        "items" => Ok(FileKind::Items),
        "stock" => Ok(FileKind::Stock),
        _ => Err(Error::invalid("kind", format!("must be items or stock, not {}", domain::quoted(text)))),
    }
}

fn parse_header_line(line: i64) -> Result<u64, Error> {
    let valid = u64::try_from(line).ok().filter(|_| (1..=HEADER_LINE_MAX).contains(&line));
    valid.ok_or_else(|| Error::invalid("headerLine", format!("must be 1 to {HEADER_LINE_MAX}, not {line}")))
}

/// Returns the stable name of a delimiter.
pub(super) fn delimiter_name(delimiter: Delimiter) -> String {
    match delimiter {
        Delimiter::COMMA => "comma".to_owned(),
        Delimiter::SEMICOLON => "semicolon".to_owned(),
        Delimiter::TAB => "tab".to_owned(),
        other => char::from(other).to_string(),
    }
}

/// Returns the stable name of a decimal sign.
pub(super) fn decimal_sign_name(sign: DecimalSign) -> &'static str {
    match sign {
        DecimalSign::Point => "point",
        DecimalSign::Comma => "comma",
    }
}

impl From<&Choices> for ChooseImport {
    fn from(choices: &Choices) -> Self {
        let column = |(index, field): &(usize, Option<Field>)| ImportColumnChoice {
            index: u32::try_from(*index).unwrap_or(u32::MAX),
            field: field.map(|field| field.as_str().to_owned()),
        };
        Self {
            encoding: choices.encoding.map(|encoding| encoding.label().to_lowercase()),
            delimiter: choices.delimiter.map(delimiter_name),
            decimal_sign: choices.decimal_sign.map(|sign| decimal_sign_name(sign).to_owned()),
            kind: choices.kind.map(|kind| kind.as_str().to_owned()),
            header_line: choices.header_line.and_then(|line| i64::try_from(line).ok()),
            columns: choices.columns.iter().map(column).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Result<Choices, Error> {
        parse_choices(&serde_json::from_str(json).expect("choices"))
    }

    #[test]
    fn choices_are_parsed_and_returned() {
        let json = r#"{"encoding":"windows-1252","delimiter":"tab","decimalSign":"comma","kind":"stock",
            "headerLine":4,"columns":[{"index":0,"field":"sku"},{"index":2,"field":null}]}"#;
        let choices = parsed(json).expect("choices");
        assert_eq!(choices.columns, [(0, Some(Field::Sku)), (2, None)]);
        assert_eq!(parse_choices(&ChooseImport::from(&choices)).expect("choices"), choices);
        assert_eq!(parsed("{}").expect("choices"), Choices::default());
        assert_eq!(parsed(r#"{"delimiter":"|"}"#).expect("choices").delimiter, Delimiter::new('|'));
    }

    #[test]
    fn an_unknown_name_is_an_error_of_its_field() {
        for (json, field) in [
            (r#"{"encoding":"klingon"}"#, "encoding"),
            (r#"{"delimiter":"ab"}"#, "delimiter"),
            (r#"{"delimiter":"\""}"#, "delimiter"),
            (r#"{"decimalSign":"dot"}"#, "decimalSign"),
            (r#"{"kind":"orders"}"#, "kind"),
            (r#"{"headerLine":0}"#, "headerLine"),
            (r#"{"headerLine":1001}"#, "headerLine"),
            (r#"{"columns":[{"index":0,"field":"colour"}]}"#, "field"),
            (r#"{"columns":[{"index":100001,"field":"sku"}]}"#, "index"),
        ] {
            let error = parsed(json).expect_err("an unknown name").to_string();
            assert!(error.starts_with(field), "{json}: {error}");
        }
    }
}
