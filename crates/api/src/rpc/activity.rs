//! The reads of the activity, and of the reasons for which an item is unavailable. The console's server functions render them.

use super::ssr;
use crate::page_request::seconds_ahead;
use crate::{Problem, problem_from};
use chrono::Weekday;

/// Returns the activity within a span: `evening`, `day`, `week`, `this_week` or `last_week`, or `custom` from one day to another,
/// both included. Days, evenings and weeks are those of the person's time zone. A week begins on `first_weekday`: 1 for Monday to
/// 7 for Sunday.
pub async fn activity(
    span: Option<String>,
    from: Option<String>,
    until: Option<String>,
    first_weekday: u8,
) -> Result<crate::Activity, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let choice = span_choice(span.as_deref(), from, until, first_weekday).map_err(ssr::rejection)?;
    ssr::respond(engine.activity(&context, choice, None).await)
}

/// Returns the reasons for which an item is sold out or short; nothing if it is neither.
pub async fn unavailability(id: i64) -> Result<Option<crate::Unavailability>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let reasons = engine.item_unavailability_if_short(&context, domain::ItemId(id)).await;
    reasons.map(|reasons| reasons.map(Into::into)).map_err(problem_from)
}

/// Returns the span of a name in the person's time zone. `custom` is from one day until the end of another.
fn span_choice(
    span: Option<&str>,
    from: Option<String>,
    until: Option<String>,
    first_weekday: u8,
) -> Result<domain::SpanChoice, domain::Error> {
    let zone = domain::Zone::Clocks(seconds_ahead);
    let first = Weekday::try_from(first_weekday.wrapping_sub(1)).unwrap_or(Weekday::Mon);
    let recent = match span.filter(|name| !name.is_empty()).unwrap_or("evening") {
        "custom" => None,
        "this_week" => Some(domain::RecentSpan::ThisWeek(first)),
        "last_week" => Some(domain::RecentSpan::LastWeek(first)),
        name => Some(domain::RecentSpan::parse(name)?),
    };
    if recent.is_some() {
        return Ok(domain::SpanChoice { recent, zone, ..domain::SpanChoice::default() });
    }
    let day = |field, text: Option<String>, later| {
        let text = text.filter(|text| !text.is_empty());
        text.map(|text| domain::local_day(field, &text, later, seconds_ahead)).transpose()
    };
    Ok(domain::SpanChoice { from: day("from", from, 0)?, until: day("until", until, 1)?, recent, zone })
}
