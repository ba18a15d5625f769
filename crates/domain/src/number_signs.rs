//! Numbers as people write them in forms: with the signs of their number format.

/// The signs of a number format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberSigns {
    /// Between groups of three digits: `,` in `1,299.50`.
    pub group: char,
    /// Before the decimals: `.` in `1,299.50`.
    pub decimal: char,
}

impl Default for NumberSigns {
    /// Returns the signs of English: `1,299.50`.
    fn default() -> Self {
        Self { group: ',', decimal: '.' }
    }
}

impl NumberSigns {
    /// Returns a number of at least 0 as digits with a point: with a comma as the decimal sign, `1.299,5` is `1299.5` and `1.299` is
    /// `1299`. A point that separates no group of three digits is a decimal sign in each format, so `12.90` stays. `None` for
    /// other texts.
    pub fn plain(self, text: &str) -> Option<String> {
        let text = text.trim();
        let (whole, decimals) = match text.split_once(self.decimal) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (text, None),
        };
        match (self.ungrouped(whole), decimals) {
            (Some(whole), None) => return Some(whole),
            (Some(whole), Some(decimals)) if is_digits(decimals) => {
                return Some(format!("{whole}.{decimals}"));
            }
            _ => {}
        }
        let (whole, decimals) = text.split_once('.')?;
        (is_digits(whole) && is_digits(decimals)).then(|| text.to_owned())
    }

    /// Returns a whole number. Its digits may be in groups of three.
    pub fn whole(self, text: &str) -> Option<i64> {
        let text = text.trim();
        let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(digits) => ("-", digits),
            None => ("", text),
        };
        format!("{sign}{}", self.ungrouped(digits)?).parse().ok()
    }

    /// Returns the digits of a whole number without the signs between groups of three. A number with groups does not begin with 0.
    fn ungrouped(self, text: &str) -> Option<String> {
        if is_digits(text) {
            return Some(text.to_owned());
        }
        let groups: Vec<_> = text.split(|sign| self.is_group(sign)).collect();
        let is_group = |(at, group): (usize, &&str)| match at {
            0 => (1..=3).contains(&group.len()) && !group.starts_with('0'),
            _ => group.len() == 3,
        };
        let is_number = groups.iter().all(|group| is_digits(group));
        (is_number && groups.iter().enumerate().all(is_group)).then(|| groups.concat())
    }

    /// Returns whether a character separates groups. Keyboards have no narrow space and no typographic apostrophe.
    fn is_group(self, sign: char) -> bool {
        match self.group {
            '\u{202F}' => matches!(sign, ' ' | '\u{A0}' | '\u{202F}'),
            '\u{2019}' => matches!(sign, '\'' | '\u{2019}'),
            group => sign == group,
        }
    }
}

/// Returns a number that has no groups, such as degrees: a point and a comma are decimal signs. `None` for other texts.
pub fn decimal_number(text: &str) -> Option<f64> {
    let text = text.trim().replacen(',', ".", 1).replacen('\u{2212}', "-", 1);
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENGLISH: NumberSigns = NumberSigns { group: ',', decimal: '.' };
    const GERMAN: NumberSigns = NumberSigns { group: '.', decimal: ',' };
    const FRENCH: NumberSigns = NumberSigns { group: '\u{202F}', decimal: ',' };
    const SWISS: NumberSigns = NumberSigns { group: '\u{2019}', decimal: '.' };

    #[track_caller]
    fn check(signs: NumberSigns, text: &str, plain: Option<&str>) {
        assert_eq!(signs.plain(text).as_deref(), plain, "{text:?} with {signs:?}");
    }

    #[test]
    fn amounts_have_the_signs_of_the_format() {
        check(GERMAN, "12,90", Some("12.90"));
        check(GERMAN, " 1.299,05 ", Some("1299.05"));
        check(GERMAN, "12.345.678,9", Some("12345678.9"));
        check(ENGLISH, "1,299.05", Some("1299.05"));
        check(FRENCH, "1 299,05", Some("1299.05"));
        check(FRENCH, "1\u{202F}299,05", Some("1299.05"));
        check(SWISS, "1'299.05", Some("1299.05"));
        check(SWISS, "1\u{2019}299", Some("1299"));
    }

    #[test]
    fn a_point_before_three_digits_is_a_group_in_german_and_three_decimals_in_english() {
        check(GERMAN, "1.299", Some("1299"));
        check(ENGLISH, "1.299", Some("1.299"));
        check(GERMAN, "0.299", Some("0.299"));
    }

    #[test]
    fn a_point_that_separates_no_group_is_a_decimal_sign() {
        for signs in [ENGLISH, GERMAN, FRENCH, SWISS] {
            check(signs, "12.90", Some("12.90"));
            check(signs, "1299.5", Some("1299.5"));
            check(signs, "1299", Some("1299"));
        }
    }

    #[test]
    fn other_texts_are_no_amounts() {
        for text in
            ["", "nine", "1,29", "12,90", ",5", "5,", "1,,299", "1299,000", "-1", "1e3", "1,299.", "१"]
        {
            check(ENGLISH, text, None);
        }
        for text in ["1.29.000", "1,299.05", "1.299.", "12,", ",90", "12,9,0", "1 299", "1.299,x"] {
            check(GERMAN, text, None);
        }
    }

    #[test]
    fn whole_numbers_may_have_groups() {
        assert_eq!(GERMAN.whole("1.299"), Some(1_299));
        assert_eq!(ENGLISH.whole("1,299"), Some(1_299));
        assert_eq!(ENGLISH.whole("-1,299"), Some(-1_299));
        assert_eq!(ENGLISH.whole("\u{2212}3"), Some(-3));
        for text in ["1.299", "1.5", "1,29", "", "-", "x", "99999999999999999999", "0,299"] {
            assert_eq!(ENGLISH.whole(text), None, "{text}");
        }
    }

    #[test]
    fn degrees_have_a_comma_or_a_point() {
        for text in ["52,52", "52.52", " 52,52"] {
            assert_eq!(decimal_number(text), Some(52.52), "{text}");
        }
        assert_eq!(decimal_number("-13.405"), Some(-13.405));
        assert_eq!(decimal_number("\u{2212}7"), Some(-7.0));
        for text in ["", "north", "NaN", "inf", "52,5,2", "1.000,5"] {
            assert_eq!(decimal_number(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_is_written(number in 0..=99_999_999_i64, cents in 0..100_u8, of in 0..4_usize) {
            let signs = [ENGLISH, GERMAN, FRENCH, SWISS][of];
            let digits = number.to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 {
                    grouped.push(signs.group);
                }
                grouped.push(digit);
            }
            prop_assert_eq!(signs.whole(&grouped), Some(number));
            let amount = format!("{grouped}{}{cents:02}", signs.decimal);
            prop_assert_eq!(signs.plain(&amount), Some(format!("{number}.{cents:02}")));
        }

        #[test]
        fn a_read_number_has_digits_and_at_most_one_point(text in ".{0,12}|[0-9., ']{0,12}", of in 0..4_usize) {
            if let Some(plain) = [ENGLISH, GERMAN, FRENCH, SWISS][of].plain(&text) {
                let parts: Vec<_> = plain.split('.').collect();
                prop_assert!(parts.len() <= 2 && parts.iter().all(|part| is_digits(part)), "{}", plain);
            }
        }
    }
}
