//! The pages of webhooks: the list, and a page per endpoint with its deliveries.

mod deliveries;

use super::form::{button_form, labelled, lines_field, select_field, shown_once, table, text_field};
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemText;
use crate::components::time::format_exact;
use crate::format::format_integer;
use crate::texts;
use crate::user_text::user_text;
use api::{Page, Problem, SetAsideEvent, Webhook, WebhookDelivery, WebhookSignature, WebhookState};
use leptos::prelude::*;

/// The address of the list.
const LIST: &str = "/webhooks";

/// The texts of the form of an endpoint.
#[derive(Debug, Clone, Default)]
pub struct WebhookFields {
    /// The name.
    pub name: String,
    /// The URL.
    pub url: String,
    /// The kinds of events, separated by commas.
    pub kinds: String,
    /// The codes of warehouses, separated by commas.
    pub warehouses: String,
    /// The SKUs, separated by commas.
    pub skus: String,
}

/// The list of endpoints, with the result of the form.
#[derive(Debug, Clone, Default)]
pub struct WebhooksPage {
    /// The endpoints, by id.
    pub webhooks: Vec<Webhook>,
    /// The fields of the form.
    pub fields: WebhookFields,
    /// The problem of the form's submission.
    pub problem: Option<Box<Problem>>,
}

/// The page of an endpoint.
#[derive(Debug, Clone)]
pub struct WebhookPage {
    /// The endpoint.
    pub webhook: Webhook,
    /// The fields of the form.
    pub fields: WebhookFields,
    /// Its latest deliveries.
    pub deliveries: Page<WebhookDelivery>,
    /// A page of the events that were set aside.
    pub set_aside: Page<SetAsideEvent>,
    /// The new secret. No other page shows it.
    pub secret: Option<String>,
    /// The problem of the form's submission.
    pub problem: Option<Box<Problem>>,
}

impl WebhooksPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { webhooks, fields, problem } = self;
        let is_empty = webhooks.is_empty();
        let columns = [
            texts::name(),
            texts::state(),
            texts::webhook_url(),
            texts::webhook_waiting(),
            texts::webhook_set_aside(),
        ];
        let rows = webhooks.into_iter().map(webhook_row).collect_view();
        view! {
            <PageHead title=texts::webhooks().to_owned() />
            <p class="prose">{texts::webhooks_summary()}</p>
            {problem_view(problem)}
            {is_empty.then(|| view! { <p class="summary">{texts::no_webhooks()}</p> })}
            {(!is_empty).then(|| table(texts::webhooks(), columns, rows))}
            <section class="panel">
                <h2>{texts::add_webhook()}</h2>
                <form class="form" method="post" action=LIST>
                    {fields_view(fields)}
                    {select_field(
                        "signature",
                        texts::webhook_signature(),
                        vec![
                            ("v1".to_owned(), texts::webhook_hmac().to_owned()),
                            ("v1a".to_owned(), texts::webhook_ed25519().to_owned()),
                        ],
                        "v1",
                    )}
                    <button class="button button--primary">{texts::add_webhook()}</button>
                </form>
            </section>
        }
    }
}

fn webhook_row(webhook: Webhook) -> impl IntoView {
    let (label, badge) = state_badge(&webhook);
    view! {
        <tr>
            <th scope="row">
                <a href=format!("{LIST}/{}", webhook.id)>{user_text(webhook.name)}</a>
            </th>
            <td>
                <span class=badge>{label}</span>
            </td>
            <td>{user_text(webhook.url)}</td>
            <td>{format_integer(webhook.waiting_events)}</td>
            <td>{format_integer(webhook.set_aside_events)}</td>
        </tr>
    }
}

/// Returns the name of the state, and the class of its badge.
fn state_badge(webhook: &Webhook) -> (&'static str, &'static str) {
    match webhook.state {
        WebhookState::Active if webhook.failures_in_row > 0 => (texts::webhook_failing(), "badge badge--bad"),
        WebhookState::Active => (texts::webhook_active(), "badge badge--good"),
        WebhookState::Paused => (texts::webhook_paused(), "badge badge--held"),
        WebhookState::Disabled => (texts::webhook_disabled(), "badge badge--bad"),
    }
}

fn problem_view(problem: Option<Box<Problem>>) -> impl IntoView {
    problem.map(|problem| {
        let problem = *problem;
        view! {
            <div class="problem" role="alert">
                <ProblemText problem />
            </div>
        }
    })
}

/// Renders the fields that new and changed endpoints have.
fn fields_view(fields: WebhookFields) -> impl IntoView {
    let WebhookFields { name, url, kinds, warehouses, skus } = fields;
    view! {
        {text_field("name", texts::name(), "text", name, "")}
        {text_field("url", texts::webhook_url(), "url", url, texts::webhook_url_hint())}
        {text_field("eventKinds", texts::webhook_kinds(), "text", kinds, texts::webhook_kinds_hint())}
        {text_field("warehouses", texts::warehouses(), "text", warehouses, texts::webhook_warehouses_hint())}
        {lines_field("skus", texts::webhook_skus(), skus, texts::webhook_skus_hint())}
    }
}

impl WebhookPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { webhook, fields, deliveries, set_aside, secret, problem } = self;
        let path = format!("{LIST}/{}", webhook.id);
        let action = |name: &str| format!("{path}/{name}");
        let toggle = match webhook.state {
            WebhookState::Active => {
                button_form(action("pause"), texts::webhook_pause(), Vec::new()).into_any()
            }
            _ => button_form(action("resume"), texts::webhook_resume(), Vec::new()).into_any(),
        };
        let secret = secret.map(|secret| {
            let (label, explanation) = match webhook.signature {
                WebhookSignature::V1 => (texts::webhook_secret(), texts::webhook_secret_note()),
                WebhookSignature::V1a => (texts::webhook_public_key(), texts::webhook_public_key_note()),
            };
            shown_once(label, explanation.to_owned(), secret)
        });
        let waits = webhook.state == WebhookState::Active && webhook.waiting_events > 0;
        let retry = waits.then(|| button_form(action("resume"), texts::webhook_retry_now(), Vec::new()));
        let test = button_form(action("test"), texts::webhook_test(), Vec::new());
        view! {
            <PageHead title=webhook.name.clone() up=(LIST, texts::webhooks())>
                {test}
                {toggle}
                {retry}
            </PageHead>
            {secret}
            {problem_view(problem)}
            {facts(&webhook)}
            {deliveries::set_aside_view(&path, set_aside)}
            {deliveries::view(deliveries)}
            <section class="panel">
                <h2>{texts::change_webhook()}</h2>
                <form class="form" method="post" action=path.clone()>
                    {fields_view(fields)}
                    <button class="button button--primary">{texts::save()}</button>
                </form>
            </section>
            {replay_form(action("replay"))}
            <section class="panel">
                <h2>{texts::webhook_rotate()}</h2>
                <p class="prose">{texts::webhook_rotate_note()}</p>
                {button_form(action("secret"), texts::webhook_rotate(), Vec::new())}
            </section>
            <section class="panel">
                <h2>{texts::webhook_delete()}</h2>
                <p class="prose">{texts::webhook_delete_note()}</p>
                {button_form(action("delete"), texts::webhook_delete(), Vec::new())}
            </section>
        }
    }
}

/// Renders the state of an endpoint.
fn facts(webhook: &Webhook) -> impl IntoView {
    let (label, badge) = state_badge(webhook);
    let reason = match webhook.disabled_reason.as_deref() {
        Some("gone") => Some(texts::webhook_gone()),
        Some("cursor_archived") => Some(texts::webhook_cursor_archived()),
        Some(_) => Some(texts::webhook_cursor_unknown()),
        None => None,
    };
    let delivered = webhook.last_delivered_at.map_or_else(|| texts::never().to_owned(), format_exact);
    let fact = |name: &'static str, value: String| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{user_text(value)}</dd>
            </div>
        }
    };
    let failing =
        webhook.failing_since.map(|since| fact(texts::webhook_failing_since(), format_exact(since)));
    let waits = webhook.waits_until.map(|until| fact(texts::webhook_waits_until(), format_exact(until)));
    let public_key = webhook.public_key.clone().map(|key| fact(texts::webhook_public_key(), key));
    view! {
        <dl class="facts">
            <div>
                <dt>{texts::state()}</dt>
                <dd>
                    <span class=badge>{label}</span>
                    " "
                    {reason}
                </dd>
            </div>
            {fact(texts::webhook_delivered(), delivered)}
            {failing}
            {waits}
            {fact(texts::webhook_waiting(), format_integer(webhook.waiting_events))}
            {fact(texts::webhook_cursor(), webhook.cursor.clone())}
            {public_key}
        </dl>
    }
}

fn replay_form(action: String) -> impl IntoView {
    let since = view! { <input id="field-since" class="input" type="datetime-local" name="since" /> };
    view! {
        <section class="panel">
            <h2>{texts::webhook_replay()}</h2>
            <p class="prose">{texts::webhook_replay_note()}</p>
            <form class="form" method="post" action=action>
                {labelled("since", texts::webhook_since(), texts::webhook_since_hint(), since)}
                {text_field("cursor", texts::webhook_cursor(), "text", String::new(), texts::webhook_cursor_hint())}
                <button class="button">{texts::webhook_replay()}</button>
            </form>
        </section>
    }
}
