//! The page of settings.

use super::form;
use super::rules::ShopRules;
use crate::components::page_head::PageHead;
use crate::locale::{
    CURRENCY, LANGUAGE, LANGUAGES, Locale, NUMBER_FORMATS, NUMBERS, WEEK, ZONE, is_currency, is_zone,
};
use crate::texts;
use leptos::prelude::*;

/// The page of settings.
#[derive(Debug, Clone, Default)]
pub struct SettingsPage {
    /// The server's settings, if the caller may see them.
    pub server: Option<Vec<SettingRow>>,
    /// The thresholds and durations in force, for each person.
    pub rules: ShopRules,
    /// The reason why the last choice was rejected.
    pub error: Option<String>,
}

/// A setting of the server.
#[derive(Debug, Clone)]
pub struct SettingRow {
    /// Its environment variable.
    pub variable: String,
    /// Its value; empty if it has none.
    pub value: String,
    /// The source of the value.
    pub source: SettingSource,
    /// Its description, in English.
    pub description: String,
}

/// The source of a setting's value.
#[derive(Debug, Clone, Copy)]
pub enum SettingSource {
    /// The default.
    Default,
    /// The configuration file.
    File,
    /// The environment variable.
    Environment,
    /// The flag.
    CommandLine,
}

/// A person's choice of language and formats. An empty value is the browser's.
#[derive(Debug, Clone)]
pub struct LocaleChoice([(&'static str, String); 5]);

impl LocaleChoice {
    /// Creates a choice of the fields that `field` returns.
    ///
    /// # Errors
    /// The name of a field with an unknown value.
    pub fn new(field: impl Fn(&str) -> String) -> Result<Self, &'static str> {
        let choice = [LANGUAGE, NUMBERS, ZONE, CURRENCY, WEEK].map(|name| (name, field(name)));
        for (name, value) in &choice {
            let is_known = match *name {
                LANGUAGE => LANGUAGES.contains(&value.as_str()),
                NUMBERS => NUMBER_FORMATS.iter().any(|format| format.name == value),
                ZONE => is_zone(value),
                CURRENCY => is_currency(value),
                _ => matches!(value.as_str(), "1" | "6" | "7"),
            };
            if !value.is_empty() && !is_known {
                return Err(name);
            }
        }
        Ok(Self(choice))
    }

    /// Returns the cookies, with the values of the choice.
    pub fn cookies(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

impl SettingsPage {
    pub(crate) fn view(self) -> impl IntoView {
        view! {
            <PageHead title=texts::settings() />
            {form::message(self.error)}
            {personal()}
            {self.rules.view()}
            {self.server.map(server_settings)}
        }
    }
}

/// Renders a text field with the choice, and the value in force as its hint.
fn personal() -> impl IntoView {
    let locale = Locale::current();
    let chosen = |name: &str| api::page_request::request_cookie(name).unwrap_or_default().replace("%2F", "/");
    let of_browser = || (String::new(), texts::setting_of_browser().to_owned());
    let languages = LANGUAGES.iter().map(|code| ((*code).to_owned(), texts::language_name(code).to_owned()));
    let languages = std::iter::once(of_browser()).chain(languages).collect();
    let numbers = NUMBER_FORMATS
        .iter()
        .map(|format| (format.name.to_owned(), format!("1{}234{}56", format.group, format.decimal)));
    let of_language = || (String::new(), texts::setting_of_language().to_owned());
    let numbers = std::iter::once(of_language()).chain(numbers).collect();
    let days = [("1", texts::monday()), ("6", texts::saturday()), ("7", texts::sunday())];
    let days = days.map(|(day, name)| (day.to_owned(), name.to_owned())).to_vec();
    view! {
        <section class="panel" aria-labelledby="personal">
            <h2 id="personal">{texts::settings_personal()}</h2>
            <p>{texts::settings_personal_hint()}</p>
            <form class="form" method="post" action="/settings">
                {form::select_field(LANGUAGE, texts::language(), languages, &chosen(LANGUAGE))}
                {form::select_field(NUMBERS, texts::number_format(), numbers, &chosen(NUMBERS))}
                {form::text_field(
                    CURRENCY,
                    texts::currency(),
                    "text",
                    locale.currency.clone(),
                    texts::currency_hint(),
                )}
                {form::text_field(
                    ZONE,
                    texts::time_zone(),
                    "text",
                    chosen(ZONE),
                    texts::time_zone_hint(&locale.zone),
                )}
                {form::select_field(WEEK, texts::first_weekday(), days, &locale.week.to_string())}
                <button class="button button--primary">{texts::save()}</button>
            </form>
        </section>
    }
}

fn server_settings(rows: Vec<SettingRow>) -> impl IntoView {
    let rows = rows.into_iter().map(|row| {
        let (source, is_default) = match row.source {
            SettingSource::Default => (texts::setting_default(), true),
            SettingSource::File => (texts::setting_file(), false),
            SettingSource::Environment => (texts::setting_environment(), false),
            SettingSource::CommandLine => (texts::setting_command_line(), false),
        };
        view! {
            <tr>
                <th scope="row" class="table__row-header">
                    <code>{row.variable}</code>
                </th>
                <td data-label=texts::value()>{if row.value.is_empty() { "–".to_owned() } else { row.value }}</td>
                <td class:muted=is_default data-label=texts::setting_source()>
                    {source}
                </td>
                <td lang="en" class="table__long-text">
                    {row.description}
                </td>
            </tr>
        }
    });
    let columns = [texts::setting_name(), texts::value(), texts::setting_source(), texts::setting_meaning()];
    let heads = columns.map(|name| view! { <th scope="col">{name}</th> });
    view! {
        <section aria-labelledby="server-settings">
            <h2 id="server-settings">{texts::settings_server()}</h2>
            <p>{texts::settings_server_hint()}</p>
            <div class="table-box">
                <table class="table table--cards">
                    <caption class="visually-hidden">{texts::settings_server()}</caption>
                    <thead>
                        <tr>{heads.into_iter().collect_view()}</tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_choice_names_its_field() {
        let with = |name: &'static str, value: &'static str| {
            LocaleChoice::new(|field| if field == name { value.to_owned() } else { String::new() })
        };
        assert_eq!(with(LANGUAGE, "xx").err(), Some(LANGUAGE));
        assert_eq!(with(NUMBERS, "comma; path=/x").err(), Some(NUMBERS));
        assert_eq!(with(ZONE, "Mars/Olympus").err(), Some(ZONE));
        assert_eq!(with(CURRENCY, "euro").err(), Some(CURRENCY));
        assert_eq!(with(WEEK, "8").err(), Some(WEEK));
        let berlin = with(ZONE, "Europe/Berlin").expect("a zone");
        assert!(berlin.cookies().any(|cookie| cookie == (ZONE, "Europe/Berlin")));
    }
}
