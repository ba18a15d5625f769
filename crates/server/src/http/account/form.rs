//! The fields of a URL-encoded form.

use crate::http::error::ApiError;
use crate::http::extract::body;
use crate::state::AppState;
use axum::body::Body;
use domain::Error;

/// The fields of a form.
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
