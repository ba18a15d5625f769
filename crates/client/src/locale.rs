//! The language, number format, currency, first day of the week and time zone of a person.
//!
//! Cookies hold the choices, because the server renders with them. Without a choice the browser's languages and its time zone
//! apply. The document's attributes pass the result to the browser.

include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// The cookie of the language: a code of [`LANGUAGES`].
pub const LANGUAGE: &str = "language";
/// The cookie of the number format: the name of a [`NumberFormat`].
pub const NUMBERS: &str = "numbers";
/// The cookie of the chosen time zone: a name of the IANA database.
pub const ZONE: &str = "zone";
/// The cookie of the currency: a code of ISO 4217.
pub const CURRENCY: &str = "currency";
/// The cookie of the first day of the week: `1` for Monday to `7` for Sunday.
#[cfg(feature = "ssr")]
pub const WEEK: &str = "week";

/// The characters of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberFormat {
    /// Its name in the cookie.
    pub name: &'static str,
    /// Between groups of three digits.
    pub group: char,
    /// Before the fraction.
    pub decimal: char,
}

/// The number formats that a person can choose. The first is that of English, the second that of German.
pub const NUMBER_FORMATS: [NumberFormat; 4] = [
    NumberFormat { name: "comma", group: ',', decimal: '.' },
    NumberFormat { name: "point", group: '.', decimal: ',' },
    NumberFormat { name: "space", group: '\u{202F}', decimal: ',' },
    NumberFormat { name: "apostrophe", group: '\u{2019}', decimal: '.' },
];

/// A person's language and formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    /// The position of the language in [`LANGUAGES`].
    pub language: usize,
    /// The characters of numbers.
    pub numbers: NumberFormat,
    /// The time zone's name in the IANA database.
    pub zone: String,
    /// The currency's code of ISO 4217; empty if prices are shown without one.
    pub currency: String,
    /// The first day of the week: 1 for Monday to 7 for Sunday. Only the server reads it, for the weeks of the overview.
    #[cfg(feature = "ssr")]
    pub week: u8,
}

impl Locale {
    /// Creates a locale from names. Unknown names have the defaults of the language; an unknown language is English.
    fn named(name: impl Fn(&str) -> Option<String>) -> Self {
        let code = name(LANGUAGE);
        let language = LANGUAGES.iter().position(|known| Some(*known) == code.as_deref()).unwrap_or(0);
        let numbers = name(NUMBERS);
        let numbers = NUMBER_FORMATS.iter().find(|format| Some(format.name) == numbers.as_deref());
        Self {
            language,
            numbers: numbers
                .copied()
                .unwrap_or(NUMBER_FORMATS[if LANGUAGES[language] == "de" { 1 } else { 0 }]),
            zone: name(ZONE).unwrap_or_else(|| "UTC".to_owned()),
            currency: name(CURRENCY).filter(|code| is_currency(code)).unwrap_or_default(),
            #[cfg(feature = "ssr")]
            week: name(WEEK)
                .and_then(|day| day.parse().ok())
                .filter(|day| (1..=7).contains(day))
                .unwrap_or(1),
        }
    }

    /// Returns the code of the language.
    #[cfg(feature = "ssr")]
    pub fn language_code(&self) -> &'static str {
        LANGUAGES[self.language]
    }
}

/// Returns whether a text has the form of a currency code of ISO 4217.
pub fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(feature = "ssr")]
mod server {
    use super::*;
    use api::page_request::{request_cookie, request_header};
    use chrono::{Offset as _, TimeZone as _};
    use leptos::prelude::*;
    use std::sync::Arc;

    impl Locale {
        /// Returns the locale of the request.
        pub fn current() -> Arc<Self> {
            use_context::<Arc<Self>>().unwrap_or_else(|| Arc::new(Self::of_request()))
        }

        /// Provides the request's locale as a context, so that its cookies are read once.
        pub fn provide() {
            provide_context(Arc::new(Self::of_request()));
        }

        fn of_request() -> Self {
            let cookie = |name: &str| request_cookie(name).filter(|value| !value.is_empty());
            Self::named(|name| match name {
                LANGUAGE => cookie(name)
                    .filter(|code| LANGUAGES.contains(&code.as_str()))
                    .or_else(|| accepted_language(&request_header("accept-language")?)),
                ZONE => [ZONE, BROWSER_ZONE].into_iter().filter_map(zone_of).next(),
                _ => cookie(name),
            })
        }
    }

    /// The cookie of the browser's time zone, which a script of each page sets: see `crates/client/src/document.rs`.
    const BROWSER_ZONE: &str = "browser_zone";

    /// Provides the locale of the request in the current context: see [`Locale::provide`].
    pub fn provide_locale() {
        Locale::provide();
    }

    fn zone_of(cookie: &str) -> Option<String> {
        let name = request_cookie(cookie)?.replace("%2F", "/");
        name.parse::<chrono_tz::Tz>().ok().map(|zone| zone.name().to_owned())
    }

    /// Returns the first language of an `Accept-Language` header that the console has. Browsers send them by preference.
    fn accepted_language(header: &str) -> Option<String> {
        let mut codes = header.split(',').filter_map(|range| range.split([';', '-']).next());
        codes.find(|code| LANGUAGES.contains(&code.trim())).map(|code| code.trim().to_owned())
    }

    /// Returns whether the IANA database has a time zone with this name.
    pub fn is_zone(name: &str) -> bool {
        name.parse::<chrono_tz::Tz>().is_ok()
    }

    /// Returns the seconds by which a time zone is ahead of UTC at a time; 0 for an unknown zone.
    pub fn seconds_ahead(zone: &str, time: api::Time) -> i64 {
        let Ok(zone) = zone.parse::<chrono_tz::Tz>() else { return 0 };
        zone.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc().into()
    }

    /// Returns the seconds by which the person's time zone is ahead of UTC at a time.
    pub fn own_seconds_ahead(time: api::Time) -> i64 {
        seconds_ahead(&Locale::current().zone, time)
    }

    /// Returns the signs of the person's number format: between groups of three digits, and before the decimals.
    pub fn number_signs() -> (char, char) {
        let numbers = Locale::current().numbers;
        (numbers.group, numbers.decimal)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_first_known_language_is_used() {
            assert_eq!(accepted_language("fr-CH, de;q=0.9, en;q=0.8").as_deref(), Some("de"));
            assert_eq!(accepted_language("de-AT,en"), Some("de".to_owned()));
            assert_eq!(accepted_language("fr"), None);
        }

        #[test]
        fn zones_have_summer_time() {
            assert_eq!(seconds_ahead("Europe/Berlin", api::time::at(1_763_820_309)), 3_600);
            assert_eq!(seconds_ahead("Europe/Berlin", api::time::at(1_752_000_000)), 7_200);
            assert_eq!(seconds_ahead("nowhere", api::time::at(0)), 0);
        }

        #[test]
        fn unknown_names_have_defaults() {
            let locale = Locale::named(|name| (name == LANGUAGE).then(|| "de".to_owned()));
            assert_eq!((locale.numbers.name, locale.zone.as_str(), locale.week), ("point", "UTC", 1));
            let wrong = Locale::named(|_| Some("?".to_owned()));
            assert_eq!((wrong.language, wrong.numbers.name, wrong.currency.as_str()), (0, "comma", ""));
        }
    }
}

#[cfg(feature = "ssr")]
pub use server::{is_zone, number_signs, own_seconds_ahead, provide_locale, seconds_ahead};

#[cfg(not(feature = "ssr"))]
mod browser {
    use super::*;
    use leptos::prelude::document;
    use std::cell::OnceCell;
    use std::rc::Rc;
    use wasm_bindgen::{JsCast as _, JsValue};

    thread_local! {
        static CURRENT: OnceCell<Rc<Locale>> = const { OnceCell::new() };
    }

    impl Locale {
        /// Returns the locale of the document.
        pub fn current() -> Rc<Self> {
            CURRENT.with(|current| current.get_or_init(|| Rc::new(Self::of_document())).clone())
        }

        fn of_document() -> Self {
            let html = document().document_element();
            Self::named(|name| {
                let attribute = if name == LANGUAGE { "lang".to_owned() } else { format!("data-{name}") };
                html.as_ref()?.get_attribute(&attribute)
            })
        }
    }

    /// Returns the seconds by which a time zone is ahead of UTC at a time; 0 for a zone that the browser does not have.
    pub fn seconds_ahead(zone: &str, time: api::Time) -> i64 {
        if zone == "UTC" {
            return 0;
        }
        offset(zone, api::time::seconds(time)).unwrap_or(0)
    }

    /// Formats the time in the zone, in a form that [`js_sys::Date`] parses as UTC, and returns the difference.
    fn offset(zone: &str, seconds: i64) -> Option<i64> {
        let date = js_sys::Date::new(&JsValue::from_f64(seconds as f64 * 1_000.0));
        let options = js_sys::Object::new();
        js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
        // The Swedish format is that of ISO 8601: `2025-11-22 14:05:09`.
        let text = js_sys::Date::to_locale_string(&date, "sv-SE", options.unchecked_ref());
        let local = format!("{}Z", String::from(text).replace(' ', "T"));
        let local = js_sys::Date::parse(&local);
        local.is_finite().then(|| (local / 1_000.0) as i64 - seconds)
    }
}

#[cfg(not(feature = "ssr"))]
pub use browser::seconds_ahead;
