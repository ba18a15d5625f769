//! Filters by item and warehouse of the pages of movements and of changes, and the address of the file with the filtered rows.

use crate::http::error::ApiError;
use crate::http::rest::filters::item_of;
use crate::http::rest::imports::warehouse_codes;
use chrono::SecondsFormat;
use domain::{Error, ItemId, Time};
use engine::{Context, Engine};

/// Returns a text of a form, unless it is empty.
pub(super) fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// Returns the id in a text of a form.
///
/// # Errors
/// [`Error::Invalid`] for a text that is no whole number.
pub(super) fn id_in(field: &'static str, text: &Option<String>) -> Result<Option<i64>, Error> {
    let number = |text: &str| text.parse().map_err(|_| Error::invalid(field, "must be a whole number"));
    filled(text).map(number).transpose()
}

/// Returns the item that a form names by its id or by its SKU.
///
/// # Errors
/// [`Error::Invalid`] for both together and for an id that is no whole number, [`Error::SkuNotFound`].
pub(super) async fn item_in(
    engine: &Engine,
    context: &Context,
    id: &Option<String>,
    sku: &Option<String>,
) -> Result<Option<ItemId>, ApiError> {
    item_of(engine, context, id_in("item", id)?, filled(sku).map(str::to_owned)).await
}

/// Returns the id and the code of each warehouse by code, also of archived ones, for a select. A chosen warehouse that was
/// deleted has its id as code, as in `#7`.
pub(super) async fn warehouse_choices(
    engine: &Engine,
    context: &Context,
    chosen: &Option<String>,
) -> Result<Vec<(String, String)>, ApiError> {
    let codes = warehouse_codes(engine, context).await?;
    let mut choices: Vec<_> = codes.into_iter().map(|(id, code)| (id.to_string(), code)).collect();
    choices.sort_by(|one, other| one.1.cmp(&other.1));
    if let Some(chosen) = filled(chosen)
        && !choices.iter().any(|(id, _)| id == chosen)
    {
        choices.push((chosen.to_owned(), format!("#{chosen}")));
    }
    Ok(choices)
}

/// Returns the address of a file with the rows of a filter.
pub(super) fn file_address<const N: usize>(path: &str, filter: [(&str, Option<String>); N]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(filter.into_iter().filter_map(|(name, value)| Some((name, value?))));
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// Returns a time of a filter as the addresses of files have it.
pub(super) fn time_text(time: Option<Time>) -> Option<String> {
    time.map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
