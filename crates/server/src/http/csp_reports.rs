//! Reports of browsers about content that the Content-Security-Policy has blocked.

use crate::http::error::ApiError;
use crate::http::extract::body;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde::Deserialize;

/// The path that the policy names.
pub(crate) const PATH: &str = "/csp-reports";

/// The media type of a report.
const MEDIA_TYPE: &str = "application/csp-report";

/// The most bytes of a report. It contains two addresses and the policy.
const REPORT_BYTES_MAX: usize = 16 * 1024;

/// The most characters of a reported word or host.
const WORD_CHARS_MAX: usize = 64;

/// A word that is not logged as it is.
const OTHER: &str = "other";

/// A report of CSP level 2.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Report {
    csp_report: Violation,
}

/// The parts of a report that are logged. All of them are text of the client.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Violation {
    effective_directive: String,
    violated_directive: String,
    blocked_uri: String,
    document_uri: String,
    line_number: u32,
}

/// Logs a report: one warning per directive and source in an hour. Addresses are shortened, because paths and queries may
/// contain secrets.
///
/// # Errors
/// `unsupported_media_type`, `invalid_body`, or an error of reading the body.
pub(crate) async fn receive(
    State(state): State<AppState>,
    headers: HeaderMap,
    report: Body,
) -> Result<StatusCode, ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(MEDIA_TYPE)) {
        let (status, detail) =
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("The Content-Type must be {MEDIA_TYPE}."));
        return Err(ApiError::new(status, "unsupported_media_type", "The body is not a report", detail));
    }
    let bytes = body::read(report, REPORT_BYTES_MAX).await?;
    let Ok(Report { csp_report }) = serde_json::from_slice(&bytes) else {
        let detail = "The body must be an object with the member csp-report.";
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_body",
            "The body is not a report",
            detail,
        ));
    };
    let Blocked { directive, source, page } = Blocked::from(&csp_report);
    if state.csp_reports.is_due((directive, &source)) {
        let line = csp_report.line_number;
        tracing::warn!(
            directive,
            source,
            page,
            line,
            "a browser blocked content by the Content-Security-Policy"
        );
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A violation without anything that may be secret or forged into another log line.
#[derive(Debug, PartialEq, Eq)]
struct Blocked<'a> {
    directive: &'a str,
    /// A keyword such as `inline`, or scheme and host of the blocked address.
    source: String,
    /// The first part of the page's path.
    page: &'a str,
}

impl<'a> From<&'a Violation> for Blocked<'a> {
    fn from(violation: &'a Violation) -> Self {
        let Violation { effective_directive, violated_directive, blocked_uri, document_uri, .. } = violation;
        let directive = if effective_directive.is_empty() { violated_directive } else { effective_directive };
        Self { directive: word(directive), source: source(blocked_uri), page: page(document_uri) }
    }
}

fn source(blocked: &str) -> String {
    if is_word(blocked) {
        return blocked.to_owned();
    }
    match blocked.split_once(':') {
        Some((scheme, "")) => word(scheme).to_owned(),
        _ => match blocked.parse::<Uri>() {
            Ok(uri) => match (uri.scheme_str(), uri.host()) {
                (Some(scheme), Some(host)) if host.len() <= WORD_CHARS_MAX => format!("{scheme}://{host}"),
                (Some(scheme), _) => word(scheme).to_owned(),
                (None, _) => OTHER.to_owned(),
            },
            Err(_) => OTHER.to_owned(),
        },
    }
}

/// Returns the first part of a page's path if it is a plain word: the path of an invitation contains its token.
fn page(document: &str) -> &str {
    let path =
        document.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let first = path.split(['/', '?', '#']).next().unwrap_or_default();
    if first.is_empty() { "/" } else { word(first) }
}

/// Returns the text if it is lower-case letters and dashes.
fn word(text: &str) -> &str {
    if is_word(text) { text } else { OTHER }
}

fn is_word(text: &str) -> bool {
    let is_valid = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    (1..=WORD_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::middleware::security_headers::page_policy;
    use proptest::prelude::*;

    #[track_caller]
    fn check(directive: &str, blocked: &str, document: &str, expected: (&str, &str, &str)) {
        let violation = Violation {
            effective_directive: directive.to_owned(),
            blocked_uri: blocked.to_owned(),
            document_uri: document.to_owned(),
            ..Violation::default()
        };
        let Blocked { directive, source, page } = Blocked::from(&violation);
        assert_eq!((directive, source.as_str(), page), expected);
    }

    #[test]
    fn the_policy_names_the_path() {
        let policy = page_policy("nonce");
        assert!(policy.to_str().expect("text").contains(&format!("; report-uri {PATH};")), "{policy:?}");
    }

    #[test]
    fn a_violation_is_logged_without_secrets() {
        check(
            "script-src-elem",
            "inline",
            "http://shop.example/items/7?q=1",
            ("script-src-elem", "inline", "items"),
        );
        check(
            "img-src",
            "https://evil.example:8443/token/s3cret?q=s3cret",
            "https://shop.example/",
            ("img-src", "https://evil.example", "/"),
        );
        check("img-src", "data", "https://shop.example/invite/s3cret", ("img-src", "data", "invite"));
        check("img-src", "blob:", "https://shop.example/S3cret#s3cret", ("img-src", "blob", OTHER));
        check("script-src\nforged line", "a b\nforged line", "no address", (OTHER, OTHER, "/"));
        check("", &format!("https://{}/", "x".repeat(100)), "", (OTHER, "https", "/"));
    }

    proptest! {
        #[test]
        fn any_report_is_logged_as_plain_words_and_hosts(
            directive in "\\PC{0,70}|[a-z-]{0,70}",
            blocked in "\\PC{0,80}|[a-z]{1,8}:(//)?[a-z0-9.:@/?#\\[\\]\n ]{0,80}",
            document in "\\PC{0,80}|https?://[a-z.]{0,10}/[a-zA-Z0-9/?#\n]{0,40}",
        ) {
            let violation = Violation {
                effective_directive: directive, blocked_uri: blocked, document_uri: document, ..Violation::default()
            };
            let logged = Blocked::from(&violation);
            prop_assert!(is_word(logged.directive));
            prop_assert!(logged.page == "/" || is_word(logged.page));
            prop_assert!(logged.source.len() <= 2 * WORD_CHARS_MAX + 3, "{}", logged.source);
            prop_assert!(logged.source.chars().all(|character| character.is_ascii_graphic()), "{}", logged.source);
            prop_assert!(!logged.source.contains(['?', '#', '@']), "{}", logged.source);
        }
    }
}
