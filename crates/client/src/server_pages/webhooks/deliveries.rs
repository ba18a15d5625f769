//! The deliveries of an endpoint, and the events that were set aside.

use super::super::form::{button_form, table};
use super::super::paging::pages_at;
use crate::components::time::format_exact;
use crate::format::format_integer;
use crate::texts;
use crate::user_text::user_text;
use api::{Page, SetAsideEvent, WebhookDelivery};
use leptos::prelude::*;

/// Renders the latest deliveries, each with its request and answer.
pub(super) fn view(page: Page<WebhookDelivery>) -> impl IntoView {
    let is_empty = page.items.is_empty();
    let columns = [
        texts::time(),
        texts::event(),
        texts::webhook_attempt(),
        texts::webhook_result(),
        texts::webhook_duration(),
        texts::webhook_exchange(),
    ];
    let rows = page.items.into_iter().map(delivery_row).collect_view();
    view! {
        <section class="section" aria-labelledby="deliveries">
            <header class="section__head">
                <h2 id="deliveries">{texts::webhook_deliveries()}</h2>
            </header>
            {is_empty.then(|| view! { <p class="summary">{texts::webhook_no_deliveries()}</p> })}
            {(!is_empty).then(|| table(texts::webhook_deliveries(), columns, rows))}
            <p class="muted">{texts::webhook_deliveries_note()}</p>
        </section>
    }
}

fn delivery_row(delivery: WebhookDelivery) -> impl IntoView {
    let badge = if delivery.is_delivered { "badge badge--good" } else { "badge badge--bad" };
    let result = match (delivery.status, delivery.error) {
        (Some(status), _) => status.to_string(),
        (None, error) => error.unwrap_or_default(),
    };
    let event = delivery.event_id.map(|event| format!(" {event}"));
    let answer = match delivery.answer.is_empty() {
        true => texts::webhook_no_answer().to_owned(),
        false => delivery.answer,
    };
    view! {
        <tr>
            <td>{format_exact(delivery.at)}</td>
            <td>{delivery.kind} {event}</td>
            <td>{format_integer(delivery.attempt)}</td>
            <td>
                <span class=badge>{user_text(result)}</span>
            </td>
            <td>{texts::milliseconds(&format_integer(delivery.duration_milliseconds))}</td>
            <td>
                <details>
                    <summary>{delivery.message_id}</summary>
                    <p>{texts::request()}</p>
                    <pre>{user_text(delivery.request)}</pre>
                    <p>{texts::webhook_answer()}</p>
                    <pre>{user_text(answer)}</pre>
                </details>
            </td>
        </tr>
    }
}

/// Renders a page of the events that were set aside; nothing without one.
pub(super) fn set_aside_view(path: &str, page: Page<SetAsideEvent>) -> Option<impl IntoView + use<>> {
    if page.items.is_empty() {
        return None;
    }
    let columns = [texts::event(), texts::item(), texts::time(), texts::reason(), texts::actions()];
    let action = format!("{path}/retry");
    let row = |event: SetAsideEvent| {
        let item = event.sku.unwrap_or_else(|| event.item_id.to_string());
        let fields = vec![("event", event.event_id.to_string())];
        view! {
            <tr>
                <td>{event.kind} " " {event.event_id}</td>
                <td>
                    <a href=format!("/items/{}", event.item_id)>{user_text(item)}</a>
                </td>
                <td>{format_exact(event.set_aside_at)}</td>
                <td>{user_text(event.error.unwrap_or_default())}</td>
                <td class="table__actions">{button_form(action.clone(), texts::webhook_send_again(), fields)}</td>
            </tr>
        }
    };
    let pages = pages_at(page.next, &format!("{path}?"), page.items.len(), "#set-aside");
    let rows = page.items.into_iter().map(row).collect_view();
    Some(view! {
        <section class="section" aria-labelledby="set-aside">
            <header class="section__head">
                <h2 id="set-aside">{texts::webhook_set_aside()}</h2>
                {button_form(action.clone(), texts::webhook_send_all_again(), Vec::new())}
            </header>
            {table(texts::webhook_set_aside(), columns, rows)}
            {pages}
        </section>
    })
}
