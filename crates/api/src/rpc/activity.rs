//! The reads of the activity, and of the reasons for which an item is unavailable. The console's server functions render them.

use super::ssr;
use crate::{Problem, problem_from};

/// Returns the activity within a span: `evening`, `day` or `week`, or `custom` from one day to another, both included. Days and
/// evenings are those of a time zone that is `zone_minutes` ahead of UTC.
pub async fn activity(
    span: Option<String>,
    from: Option<String>,
    until: Option<String>,
    zone_minutes: Option<i64>,
) -> Result<crate::Activity, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let choice = span_choice(span.as_deref(), from, until, zone_minutes).map_err(ssr::rejection)?;
    ssr::respond(engine.activity(&context, choice, None).await)
}

/// Returns the reasons for which an item is sold out or short; nothing if it is neither.
pub async fn unavailability(id: i64) -> Result<Option<crate::Unavailability>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let reasons = engine.item_unavailability_if_short(&context, domain::ItemId(id)).await;
    reasons.map(|reasons| reasons.map(Into::into)).map_err(problem_from)
}

/// Returns the span of a name. `custom` is from one day until the end of another.
fn span_choice(
    span: Option<&str>,
    from: Option<String>,
    until: Option<String>,
    zone_minutes: Option<i64>,
) -> Result<domain::SpanChoice, domain::Error> {
    let choice = domain::SpanChoice { zone_minutes, ..domain::SpanChoice::default() };
    let name = span.filter(|name| !name.is_empty()).unwrap_or("evening");
    if name != "custom" {
        return Ok(domain::SpanChoice { recent: Some(domain::RecentSpan::parse(name)?), ..choice });
    }
    let day = |field, text: Option<String>, later| {
        let text = text.filter(|text| !text.is_empty());
        text.map(|text| domain::local_day(field, &text, later, zone_minutes.unwrap_or(0))).transpose()
    };
    Ok(domain::SpanChoice { from: day("from", from, 0)?, until: day("until", until, 1)?, ..choice })
}
