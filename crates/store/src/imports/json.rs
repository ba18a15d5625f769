//! The JSON of the columns `choices`, `layout`, `problems`, `values` and `before`.

use crate::{Error, Result};
use domain::{FieldValues, RowProblem};
use serde_json::{Map, Value, json};

/// Returns the JSON of choices or of a layout.
pub(super) fn to_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned())
}

/// Reads choices or a layout.
pub(super) fn from_text<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(unreadable)
}

pub(super) fn problems_to(problems: &[RowProblem]) -> String {
    let problems = problems.iter().map(|problem| {
        let RowProblem { code, message, column, is_warning } = problem;
        json!({"code": code, "message": message, "column": column, "isWarning": is_warning})
    });
    Value::Array(problems.collect()).to_string()
}

pub(super) fn problems_from(text: &str) -> Result<Vec<RowProblem>> {
    let problems: Vec<Value> = from_text(text)?;
    let text = |problem: &Value, field| problem.get(field).and_then(Value::as_str).map(ToOwned::to_owned);
    let problems = problems.iter().map(|problem| RowProblem {
        code: text(problem, "code").unwrap_or_default(),
        message: text(problem, "message").unwrap_or_default(),
        column: text(problem, "column"),
        is_warning: problem.get("isWarning").and_then(Value::as_bool).unwrap_or_default(),
    });
    Ok(problems.collect())
}

pub(super) fn values_to(values: &FieldValues) -> String {
    let values =
        values.iter().map(|(field, value)| (field.clone(), value.clone().map_or(Value::Null, Value::String)));
    Value::Object(values.collect::<Map<_, _>>()).to_string()
}

pub(super) fn values_from(text: &str) -> Result<FieldValues> {
    from_text(text)
}

pub(super) fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Internal(sqlx::Error::Decode(error.into()))
}
