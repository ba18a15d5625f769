//! Numbers of cells. A number is never guessed: a cell that may have two meanings is a problem that shows how to write
//! each of them.

use crate::dialect::DecimalSign;
use domain::{Price, UNITS_MAX, Units};

/// The most characters of a cell that a problem repeats.
const QUOTED_CHARS_MAX: usize = 40;

/// The reason why a cell is not the number that its column needs. `cell` is the text of the cell, `form` shows how to write
/// the number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberProblem {
    /// The cell has no number.
    #[error("\"{cell}\" is not a number")]
    NotANumber {
        /// The cell.
        cell: String,
    },
    /// The sign may separate thousands or decimals.
    #[error("\"{cell}\" can be read in two ways: write {forms}")]
    Ambiguous {
        /// The cell.
        cell: String,
        /// The unambiguous forms, joined by "or".
        forms: String,
    },
    /// The number has the other decimal sign.
    #[error(
        "\"{cell}\" does not have the decimal sign of this file: write {form}, or choose the other decimal sign"
    )]
    OtherDecimalSign {
        /// The cell.
        cell: String,
        /// The number with the decimal sign of the file.
        form: String,
    },
    /// The number contains a separator, a currency or another character.
    #[error("\"{cell}\" must have only digits and a decimal sign: write {form}")]
    NotPlain {
        /// The cell.
        cell: String,
        /// The plain number.
        form: String,
    },
    /// A count has a plus sign.
    #[error(
        "\"{cell}\" has a plus sign, but this column is a count: write {form}, or choose that the column is a change"
    )]
    PlusInCount {
        /// The cell.
        cell: String,
        /// The number without the sign.
        form: String,
    },
    /// The number is negative.
    #[error("\"{cell}\" must not be negative")]
    Negative {
        /// The cell.
        cell: String,
    },
    /// A number of units has decimals.
    #[error("\"{cell}\" is not a whole number of units")]
    NotWhole {
        /// The cell.
        cell: String,
    },
    /// A price has more than two decimals.
    #[error("\"{cell}\" has more than two decimals")]
    TooManyDecimals {
        /// The cell.
        cell: String,
    },
    /// The number is too large.
    #[error("\"{cell}\" must be at most {max}")]
    TooLarge {
        /// The cell.
        cell: String,
        /// The maximum.
        max: String,
    },
}

impl NumberProblem {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotANumber { .. } => "not_a_number",
            Self::Ambiguous { .. } => "ambiguous_number",
            Self::OtherDecimalSign { .. } => "other_decimal_sign",
            Self::NotPlain { .. } => "number_not_plain",
            Self::PlusInCount { .. } => "plus_in_count",
            Self::Negative { .. } => "negative_number",
            Self::NotWhole { .. } => "not_whole",
            Self::TooManyDecimals { .. } => "too_many_decimals",
            Self::TooLarge { .. } => "number_too_large",
        }
    }
}

/// Reads a price, such as `12.9` with a decimal point.
///
/// # Errors
/// [`NumberProblem`] for any other text, a negative price, one above 99,999,999.99, and one with more than two decimals.
pub fn price(cell: &str, sign: DecimalSign) -> Result<Price, NumberProblem> {
    let number = parse(cell, sign)?;
    if number.sign == Some('+') {
        return Err(NumberProblem::NotPlain { cell: quoted(cell), form: number.form(sign) });
    }
    if number.sign.is_some() && !number.is_zero() {
        return Err(NumberProblem::Negative { cell: quoted(cell) });
    }
    let decimals = number.decimals.trim_end_matches('0');
    if decimals.len() > 2 {
        return Err(NumberProblem::TooManyDecimals { cell: quoted(cell) });
    }
    let text = format!("{}.{decimals:0<2}", number.units);
    let too_large = |_| NumberProblem::TooLarge { cell: quoted(cell), max: "99999999.99".to_owned() };
    text.parse().map_err(too_large)
}

/// Reads a count of units: 0 to [`UNITS_MAX`]. `10.0` is 10 units.
///
/// # Errors
/// [`NumberProblem`] for any other text, a sign, and decimals other than zeros.
pub fn count(cell: &str, sign: DecimalSign) -> Result<Units, NumberProblem> {
    let number = parse(cell, sign)?;
    if number.sign == Some('+') {
        return Err(NumberProblem::PlusInCount { cell: quoted(cell), form: number.form(sign) });
    }
    let units = whole(cell, &number)?;
    if units < 0 {
        return Err(NumberProblem::Negative { cell: quoted(cell) });
    }
    Units::new(units).map_err(|_| too_many_units(cell))
}

/// Reads a change of units, such as `-5`, `5` or `+5`: at most [`UNITS_MAX`] in either direction.
///
/// # Errors
/// [`NumberProblem`] for any other text, and decimals other than zeros.
pub fn change(cell: &str, sign: DecimalSign) -> Result<i32, NumberProblem> {
    let units = whole(cell, &parse(cell, sign)?)?;
    i32::try_from(units).ok().filter(|units| *units >= -UNITS_MAX).ok_or_else(|| too_many_units(cell))
}

/// Returns the decimal sign of a number, if it is clear.
pub(crate) fn clear_decimal_sign(cell: &str) -> Option<DecimalSign> {
    let cell = cell.trim();
    [DecimalSign::Point, DecimalSign::Comma]
        .into_iter()
        .find(|sign| cell.contains(sign.character()) && parse(cell, *sign).is_ok())
}

/// A plain number: digits, and decimals without the sign.
struct Number {
    sign: Option<char>,
    units: String,
    decimals: String,
}

impl Number {
    fn is_zero(&self) -> bool {
        self.units.chars().chain(self.decimals.chars()).all(|digit| digit == '0')
    }

    /// The number as a file with this decimal sign should have it, without a plus sign.
    fn form(&self, sign: DecimalSign) -> String {
        let minus = if self.sign == Some('-') { "-" } else { "" };
        match self.decimals.as_str() {
            "" => format!("{minus}{}", self.units),
            decimals => format!("{minus}{}{}{decimals}", self.units, sign.character()),
        }
    }
}

fn parse(cell: &str, sign: DecimalSign) -> Result<Number, NumberProblem> {
    let text = cell.trim();
    let not_a_number = || NumberProblem::NotANumber { cell: quoted(cell) };
    if let Some(number) = parse_plain(text, sign) {
        return match is_ambiguous(&number) {
            true => Err(ambiguous(cell, &number, sign)),
            false => Ok(number),
        };
    }
    if let Some(number) = parse_grouped(text, sign) {
        return Ok(number);
    }
    if let Some(number) = parse_plain(text, sign.other()) {
        return match is_ambiguous(&number) {
            true => Err(ambiguous(cell, &number, sign)),
            false => Err(NumberProblem::OtherDecimalSign { cell: quoted(cell), form: number.form(sign) }),
        };
    }
    if let Some(number) = parse_grouped(text, sign.other()) {
        return Err(NumberProblem::OtherDecimalSign { cell: quoted(cell), form: number.form(sign) });
    }
    let plain = make_plain(text, sign).ok_or_else(not_a_number)?;
    Err(NumberProblem::NotPlain { cell: quoted(cell), form: plain.form(sign) })
}

/// Parses digits with at most one decimal sign between digits.
fn parse_plain(text: &str, decimal_sign: DecimalSign) -> Option<Number> {
    let sign = text.chars().next().filter(|sign| matches!(sign, '-' | '+'));
    let digits = if sign.is_some() { &text[1..] } else { text };
    let (units, decimals) = match digits.split_once(decimal_sign.character()) {
        Some((units, decimals)) if is_digits(decimals) => (units, decimals),
        Some(_) => return None,
        None => (digits, ""),
    };
    let number = || Number { sign, units: units.to_owned(), decimals: decimals.to_owned() };
    is_digits(units).then(number)
}

/// Parses a number with separated thousands and decimals, such as `1,234.50`. It has one meaning only.
fn parse_grouped(text: &str, decimal_sign: DecimalSign) -> Option<Number> {
    let (grouped, _) = text.split_once(decimal_sign.character())?;
    let separator = decimal_sign.other().character();
    let mut groups = grouped.trim_start_matches(['-', '+']).split(separator);
    let first = groups.next().filter(|group| (1..=3).contains(&group.len()));
    let mut rest = groups.peekable();
    let is_grouped = first.is_some() && rest.peek().is_some() && rest.all(|group| group.len() == 3);
    let plain = || parse_plain(&text.replace(separator, ""), decimal_sign);
    is_grouped.then(plain).flatten()
}

/// Returns whether the decimal sign of a plain number may separate thousands instead: three digits follow it.
fn is_ambiguous(number: &Number) -> bool {
    number.decimals.len() == 3 && number.units.len() <= 3 && !number.units.starts_with('0')
}

fn ambiguous(cell: &str, number: &Number, sign: DecimalSign) -> NumberProblem {
    let minus = if number.sign == Some('-') { "-" } else { "" };
    let thousands = format!("{minus}{}{}", number.units, number.decimals);
    let decimals = number.decimals.trim_end_matches('0');
    let forms = match decimals.len() {
        0 => format!("{thousands} or {minus}{}", number.units),
        1 | 2 => format!("{thousands} or {minus}{}{}{decimals:0<2}", number.units, sign.character()),
        _ => thousands,
    };
    NumberProblem::Ambiguous { cell: quoted(cell), forms }
}

/// Removes separators of thousands and a currency, and completes a missing digit.
fn make_plain(text: &str, sign: DecimalSign) -> Option<Number> {
    let separators = ['_', ' ', '\u{A0}', '\u{202F}', '\u{2009}', '\'', '’'];
    let currencies = ['$', '€', '£', '¥'];
    let without: String = text
        .chars()
        .filter(|character| !separators.contains(character) && !currencies.contains(character))
        .collect();
    let completed = match without.strip_prefix(sign.character()) {
        Some(decimals) => format!("0{}{decimals}", sign.character()),
        None => without.strip_suffix(sign.character()).unwrap_or(&without).to_owned(),
    };
    // Two or more separators can't be decimal signs.
    let separator = [sign, sign.other()].into_iter().map(DecimalSign::character).find(|separator| {
        let mut groups = completed.trim_start_matches(['-', '+']).split(*separator);
        let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
        let groups: Vec<_> = groups.collect();
        first && groups.len() > 1 && groups.iter().all(|group| group.len() == 3)
    });
    let plain = separator.map_or_else(|| completed.clone(), |separator| completed.replace(separator, ""));
    parse_plain(&plain, sign).filter(|number| !is_ambiguous(number)).or_else(|| parse_grouped(&plain, sign))
}

/// Returns the number of units. Decimals must be zeros.
fn whole(cell: &str, number: &Number) -> Result<i64, NumberProblem> {
    if number.decimals.bytes().any(|digit| digit != b'0') {
        return Err(NumberProblem::NotWhole { cell: quoted(cell) });
    }
    let units: i64 = number.units.parse().map_err(|_| too_many_units(cell))?;
    Ok(if number.sign == Some('-') { -units } else { units })
}

fn too_many_units(cell: &str) -> NumberProblem {
    NumberProblem::TooLarge { cell: quoted(cell), max: UNITS_MAX.to_string() }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the text of a cell for a problem. A long text is cut.
pub(crate) fn quoted(cell: &str) -> String {
    let mut characters = cell.trim().chars();
    let mut shown: String = characters.by_ref().take(QUOTED_CHARS_MAX).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalSign::{Comma, Point};
    use proptest::prelude::*;

    fn shown<T: ToString>(result: Result<T, NumberProblem>) -> String {
        result.map_or_else(|problem| format!("{}: {problem}", problem.code()), |value| value.to_string())
    }

    fn check_price(sign: DecimalSign, cell: &str, expected: &str) {
        assert_eq!(shown(price(cell, sign)), expected, "{cell} with {sign:?}");
    }

    #[test]
    fn a_price_follows_the_decimal_sign_of_the_file() {
        for (cell, expected) in [
            ("12.90", "12.90"),
            ("12.9", "12.90"),
            (" 12 ", "12.00"),
            ("0.500", "0.50"),
            ("12.9000", "12.90"),
            ("1,234.50", "1234.50"),
            ("-0", "0.00"),
        ] {
            check_price(Point, cell, expected);
            let swapped = cell.replace(',', "_").replace('.', ",").replace('_', ".");
            check_price(Comma, &swapped, expected);
        }
        let other = "does not have the decimal sign of this file: write";
        check_price(
            Point,
            "12,90",
            &format!("other_decimal_sign: \"12,90\" {other} 12.90, or choose the other decimal sign"),
        );
        check_price(
            Comma,
            "1,234.50",
            &format!("other_decimal_sign: \"1,234.50\" {other} 1234,50, or choose the other decimal sign"),
        );
    }

    #[test]
    fn an_ambiguous_number_shows_unambiguous_forms() {
        let two_ways = "can be read in two ways: write";
        for sign in [Point, Comma] {
            let decimal = sign.character();
            for cell in ["1.200", "1,200"] {
                let forms = format!("1200 or 1{decimal}20");
                check_price(sign, cell, &format!("ambiguous_number: \"{cell}\" {two_ways} {forms}"));
            }
        }
        check_price(Point, "12.345", &format!("ambiguous_number: \"12.345\" {two_ways} 12345"));
        let counted = |cell| shown(count(cell, Point));
        assert_eq!(counted("1,000"), format!("ambiguous_number: \"1,000\" {two_ways} 1000 or 1"));
        assert_eq!(counted("1.000"), format!("ambiguous_number: \"1.000\" {two_ways} 1000 or 1"));
        assert_eq!(
            shown(change("-1.000", Comma)),
            format!("ambiguous_number: \"-1.000\" {two_ways} -1000 or -1")
        );
    }

    #[test]
    fn a_number_that_is_not_plain_shows_the_plain_one() {
        let plain = |cell, form| {
            format!("number_not_plain: \"{cell}\" must have only digits and a decimal sign: write {form}")
        };
        for (cell, form) in [
            ("1_000", "1000"),
            ("1 000.50", "1000.50"),
            ("1'000", "1000"),
            ("$25.00", "25.00"),
            ("4.50 €", "4.50"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("+5", "5"),
        ] {
            check_price(Point, cell, &plain(cell, form));
        }
    }

    #[test]
    fn other_texts_are_no_number() {
        for cell in [
            "",
            "dear",
            "1e3",
            "1E+05",
            "NaN",
            "12.5.2024",
            "1-2",
            "--1",
            "१",
            "$",
            "(5)",
            "5-",
            "1,2,3",
            "$1.200",
        ] {
            check_price(Point, cell, &format!("not_a_number: \"{cell}\" is not a number"));
        }
        check_price(Point, "-1", "negative_number: \"-1\" must not be negative");
        check_price(Point, "1.2345", "too_many_decimals: \"1.2345\" has more than two decimals");
        check_price(Point, "100000000", "number_too_large: \"100000000\" must be at most 99999999.99");
        let long = "9".repeat(100);
        assert!(shown(price(&long, Point)).len() < 120);
    }

    #[test]
    fn a_count_is_a_whole_number_without_a_sign() {
        let counted = |cell| shown(count(cell, Point));
        assert_eq!(counted("10.0"), "10");
        assert_eq!(counted("0"), "0");
        assert_eq!(counted("007"), "7");
        assert_eq!(counted("2147483647"), "2147483647");
        assert_eq!(counted("10.5"), "not_whole: \"10.5\" is not a whole number of units");
        assert_eq!(counted("-1"), "negative_number: \"-1\" must not be negative");
        assert_eq!(counted("2147483648"), "number_too_large: \"2147483648\" must be at most 2147483647");
        assert_eq!(
            counted("+5"),
            "plus_in_count: \"+5\" has a plus sign, but this column is a count: write 5, or choose that the column is a change"
        );
    }

    #[test]
    fn a_change_may_have_a_sign() {
        for (cell, expected) in [("5", 5), ("+5", 5), ("-5", -5), ("-5.0", -5), ("-2147483647", -UNITS_MAX)] {
            assert_eq!(change(cell, Point), Ok(expected), "{cell}");
        }
        assert!(change("-2147483648", Point).is_err());
        assert!(change("99999999999999999999", Point).is_err());
    }

    #[test]
    fn the_decimal_sign_of_a_number_is_clear_or_unknown() {
        for (cell, expected) in [
            ("12.90", Some(Point)),
            ("12,9", Some(Comma)),
            ("1.234,50", Some(Comma)),
            ("1.200", None),
            ("12", None),
            ("12.5.2024", None),
        ] {
            assert_eq!(clear_decimal_sign(cell), expected, "{cell}");
        }
    }

    proptest! {
        #[test]
        fn a_written_price_has_the_same_value(cents in 0..=9_999_999_999_i64, comma: bool) {
            let sign = if comma { Comma } else { Point };
            let written = format!("{}.{:02}", cents / 100, cents % 100);
            let cell = written.replace('.', &sign.character().to_string());
            prop_assert_eq!(price(&cell, sign).map(|price| price.to_string()), Ok(written));
        }

        #[test]
        fn a_cell_has_one_value_whatever_the_decimal_sign(cell in "[-+]?[0-9]{1,4}([.,_ ][0-9]{1,4}){0,2}") {
            if let (Ok(point), Ok(comma)) = (price(&cell, Point), price(&cell, Comma)) {
                prop_assert_eq!(point, comma);
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(cell in ".*|[-+0-9.,_ €$'e]{0,12}", comma: bool) {
            let sign = if comma { Comma } else { Point };
            let _ = (price(&cell, sign), count(&cell, sign), change(&cell, sign), clear_decimal_sign(&cell));
        }
    }
}
