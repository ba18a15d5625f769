//! Conversions and checks that server functions share.

use crate::page_request::localized;
use crate::{BlockOutcome, Overview, Problem, stored_problem};
use domain::Permission;
use engine::{Context, Engine, Response};
use leptos::prelude::use_context;
use serde::de::DeserializeOwned;

/// Converts an error of the engine, in the person's language.
pub(super) fn problem_from(error: engine::Error) -> Problem {
    localized(crate::problem_from(error))
}

/// Puts the person's language into the outcomes of an action on several blocks.
pub(super) fn localized_outcomes(mut outcomes: Vec<BlockOutcome>) -> Vec<BlockOutcome> {
    for outcome in &mut outcomes {
        outcome.problem = outcome.problem.take().map(localized);
    }
    outcomes
}

/// Puts the person's language into the failed requests of an overview.
pub(super) fn localized_overview(mut overview: Overview) -> Overview {
    for failure in &mut overview.failures {
        failure.problem = localized(std::mem::take(&mut failure.problem));
    }
    overview
}

/// Returns a price that a person wrote in their number format as a plain number. Another text stays: the domain rejects it.
pub(super) fn plain_price(written: String) -> String {
    crate::page_request::number_signs().plain(&written).unwrap_or(written)
}

/// Adds the filters by warehouse and by stock to a query.
///
/// # Errors
/// [`domain::Error::Invalid`] for a text that is neither a number of at least 0 nor `threshold`.
pub(super) fn with_low(
    query: domain::ItemQuery,
    warehouse: Option<i64>,
    low: Option<&str>,
    default: i32,
) -> Result<domain::ItemQuery, domain::Error> {
    let is_by_threshold = low == Some(crate::LOW_BY_THRESHOLD);
    let units = match low.filter(|low| !is_by_threshold && !low.is_empty()) {
        Some(text) => Some(text.trim().parse().map_err(|_| {
            domain::Error::invalid("low", format!("must be a whole number, or {}", crate::LOW_BY_THRESHOLD))
        })?),
        None => None,
    };
    Ok(query.with_stock_filter(warehouse, units)?.with_low(is_by_threshold.then_some(default)))
}

/// Returns the engine, and the context of this request. The server provides both: the context only if the request has a
/// caller.
///
/// # Errors
/// 401 `unauthenticated`, 403 `forbidden`.
pub(super) fn authorize(permission: Permission) -> Result<(Engine, Context), Problem> {
    let Some(engine) = use_context::<Engine>() else {
        return Err(Problem::new(500, "internal", "Something went wrong", "The engine is not available."));
    };
    let Some(context) = use_context::<Context>() else {
        let problem = Problem::new(401, "unauthenticated", "Credentials are needed", "Sign in first.");
        return Err(localized(problem));
    };
    context.require(permission).map_err(problem_from)?;
    Ok((engine, context))
}

/// Converts the result of a query.
pub(super) fn respond<T, U: From<T>>(result: Result<T, engine::Error>) -> Result<U, Problem> {
    result.map(U::from).map_err(problem_from)
}

/// Converts the response to a command. A response that is stored under an idempotency key is parsed.
pub(super) fn respond_to_command<T, U: From<T> + DeserializeOwned>(
    result: Result<Response<T>, engine::Error>,
) -> Result<U, Problem> {
    match result.map_err(problem_from)? {
        Response::Fresh(output) => Ok(output.into()),
        Response::Stored(stored) if !stored.is_success() => Err(localized(stored_problem(&stored))),
        Response::Stored(stored) => serde_json::from_slice(&stored.body).map_err(|_| {
            let detail = "This key was used before with another function.";
            Problem::new(
                422,
                "idempotency_key_reused",
                "The idempotency key belongs to another request",
                detail,
            )
        }),
    }
}

/// Converts the response to a command. An error about too few units also has the number of units in temporary blocks.
pub(super) async fn respond_with_held_units<T, U: From<T> + DeserializeOwned>(
    engine: &Engine,
    result: Result<Response<T>, engine::Error>,
) -> Result<U, Problem> {
    match result {
        Err(error) => Err(localized(crate::problem_with_details(engine, error).await)),
        response => respond_to_command(response),
    }
}

/// Converts a list of the engine.
pub(super) fn respond_list<T, U: From<T>>(result: Result<Vec<T>, engine::Error>) -> Result<Vec<U>, Problem> {
    result.map(|all| all.into_iter().map(U::from).collect()).map_err(problem_from)
}

/// Returns the condition on a version.
pub(super) fn condition(if_match: Option<String>) -> domain::Precondition {
    if_match.map_or(domain::Precondition::None, |version| domain::Precondition::OneOf(vec![version]))
}

/// Converts an error of the rules.
pub(super) fn rejection(error: domain::Error) -> Problem {
    problem_from(error.into())
}
