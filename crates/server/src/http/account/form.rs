//! The fields of a URL-encoded form.

use crate::http::error::ApiError;
use crate::http::extract::body;
use crate::http::locale::number_signs;
use crate::http::middleware::idempotency::validate;
use crate::state::AppState;
use axum::body::Body;
use axum::http::request::Parts;
use domain::Error;
use engine::Context;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Parses a whole number, in groups of three digits or without, by the person's number format.
///
/// # Errors
/// [`Error::Invalid`] for another text.
pub(super) fn whole(field: &'static str, text: &str) -> Result<i64, Error> {
    number_signs().whole(text).ok_or_else(|| Error::invalid(field, "must be a whole number"))
}

/// The fields of a form.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the body of a form.
    ///
    /// # Errors
    /// The body is too large or incomplete.
    pub(super) async fn read(state: &AppState, form: Body) -> Result<Self, ApiError> {
        let bytes = body::read(form, state.http.body_limit_bytes).await?;
        Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect()))
    }

    /// Returns a field exactly as it was sent; empty if it is missing.
    pub(super) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    /// Returns a field without spaces around it; empty if it is missing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// Returns the fields with this prefix: the rest of each name, and the trimmed text.
    pub(super) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, text.trim())))
    }

    /// Returns the context of the form's action, with the idempotency key of the field `key`, if there is one. The forms of one
    /// page share that key, so a digest of the address and the fields is added: only the same form with the same fields is the
    /// same request.
    ///
    /// # Errors
    /// The key has characters that are not allowed, or is too long.
    pub(super) fn keyed(&self, context: &Context, parts: &Parts) -> Result<Context, ApiError> {
        let key = self.text("key");
        if key.is_empty() {
            return Ok(context.clone());
        }
        let mut hasher = DefaultHasher::new();
        (parts.uri.path(), &self.0).hash(&mut hasher);
        let key = format!("{key}-{:016x}", hasher.finish());
        let fields: String = self.0.iter().map(|(name, text)| format!("{name}={text}\n")).collect();
        let key = validate(&key, &parts.method, &parts.uri, fields.as_bytes(), std::iter::empty())?;
        Ok(context.clone().with_idempotency(key))
    }

    /// Returns the new password, which the form has twice.
    ///
    /// # Errors
    /// The two fields differ.
    pub(super) fn new_password(&self) -> Result<&str, ApiError> {
        match self.exact("password") {
            password if password == self.exact("repeated") => Ok(password),
            _ => Err(Error::invalid("password", "must be the same in both fields").into()),
        }
    }
}
