//! The page of the API clients.

use super::form::{button_form, name_field, shown_once, text_field, warehouses_field, warehouses_form};
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemText;
use crate::components::time::format_exact;
use crate::texts;
use api::{Client, ClientToken, IssuedToken, Problem, Scope, TokenState};
use leptos::prelude::*;

/// The scopes, with their names in the form and their explanations.
const SCOPES: [(Scope, &str, fn() -> &'static str); 7] = [
    (Scope::StockRead, "stock:read", texts::scope_read),
    (Scope::StockWrite, "stock:write", texts::scope_stock),
    (Scope::HoldsWrite, "holds:write", texts::scope_holds),
    (Scope::OrdersWrite, "orders:write", texts::scope_orders),
    (Scope::ItemsWrite, "items:write", texts::scope_items),
    (Scope::WebhooksManage, "webhooks:manage", texts::scope_webhooks),
    (Scope::Admin, "admin", texts::scope_admin),
];

/// The API clients, with the result of a form.
#[derive(Debug, Clone, Default)]
pub struct ClientsPage {
    /// The clients, by name, each with the codes of the warehouses that it is limited to; empty without a limit.
    pub clients: Vec<(Client, String)>,
    /// The name of a client and its new token. No other page shows the token.
    pub issued: Option<(String, IssuedToken)>,
    /// The problem of the form's submission.
    pub problem: Option<Box<Problem>>,
}

impl ClientsPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { clients, issued, problem } = self;
        let issued = issued.map(|(client, issued)| {
            let expiry = format_exact(issued.expires_at);
            let explanation = texts::token_expires(&issued.id.to_string(), &client, &expiry);
            shown_once(texts::new_token(), explanation, issued.token)
        });
        let problem = problem.map(|problem| {
            let problem = *problem;
            view! {
                <div class="problem" role="alert">
                    <ProblemText problem />
                </div>
            }
        });
        let is_empty = clients.is_empty();
        let rows =
            clients.into_iter().map(|(client, warehouses)| client_rows(client, warehouses)).collect_view();
        let table = (!is_empty).then(|| {
            view! {
                <div class="table-box">
                    <table class="table">
                        <caption class="visually-hidden">{texts::clients_and_tokens()}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{texts::client_or_token()}</th>
                                <th scope="col">{texts::scopes_or_state()}</th>
                                <th scope="col">{texts::warehouses()}</th>
                                <th scope="col">{texts::expires()}</th>
                                <th scope="col">{texts::last_used()}</th>
                                <th scope="col">
                                    <span class="visually-hidden">{texts::actions()}</span>
                                </th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
        });
        view! {
            <PageHead title=texts::api_clients().to_owned()>
                <a class="button" href="/audit">
                    {texts::audit_log()}
                </a>
            </PageHead>
            {issued}
            {problem}
            {is_empty.then(|| view! { <p class="summary">{texts::no_clients()}</p> })}
            {table}
            {add_form()}
        }
    }
}

fn add_form() -> impl IntoView {
    let scopes = SCOPES.map(|(_, name, explanation)| {
        view! {
            <label class="check">
                <input type="checkbox" name="scope" value=name />
                {name}
                ": "
                {explanation()}
            </label>
        }
    });
    view! {
        <section class="panel">
            <h2>{texts::add_client()}</h2>
            <form class="form" method="post" action="/clients">
                {name_field()}
                <fieldset class="field">
                    <legend>{texts::scopes()}</legend>
                    {scopes.into_iter().collect_view()}
                </fieldset>
                {text_field(
                    "expiresInDays",
                    texts::token_days(),
                    "text",
                    String::new(),
                    texts::token_days_hint(),
                )}
                {warehouses_field()}
                <button class="button button--primary">{texts::add_client()}</button>
            </form>
        </section>
    }
}

/// Renders the row of a client, and a row per token.
fn client_rows(client: Client, warehouses: String) -> impl IntoView {
    let scopes: Vec<_> = client.scopes.iter().map(|scope| scope_name(*scope)).collect();
    let is_enabled = client.disabled_at.is_none();
    let state = client.disabled_at.map(|at| format!(", {}", texts::disabled_on(&format_exact(at))));
    let valid = client.tokens.iter().filter(|token| token.state == TokenState::Valid).count();
    let name = client.name.clone();
    let rotate = (is_enabled && valid < 2)
        .then(|| button_form("/clients/rotate", texts::new_token(), vec![("name", name.clone())]));
    let disable =
        is_enabled.then(|| button_form("/clients/disable", texts::disable(), vec![("name", name.clone())]));
    let limit = match is_enabled {
        true => warehouses_form("/clients/warehouses", &name, warehouses).into_any(),
        false => warehouses.into_any(),
    };
    let tokens = client.tokens.into_iter().map(|token| token_row(&name, is_enabled, token)).collect_view();
    view! {
        <tr>
            <th scope="row">{client.name}</th>
            <td>{scopes.join(", ")} {state}</td>
            <td>{limit}</td>
            <td></td>
            <td></td>
            <td class="table__actions">{rotate} {disable}</td>
        </tr>
        {tokens}
    }
}

fn token_row(client: &str, is_enabled: bool, token: ClientToken) -> impl IntoView {
    let (state, is_valid) = match token.state {
        TokenState::Valid if is_enabled => (texts::token_valid(), true),
        TokenState::Valid => (texts::token_rejected(), false),
        TokenState::Expired => (texts::token_expired(), false),
        TokenState::Revoked => (texts::token_revoked(), false),
    };
    let fields = || vec![("name", client.to_owned()), ("token", token.id.to_string())];
    let revoke = is_valid.then(|| button_form("/clients/revoke", texts::revoke(), fields()));
    let used = token.last_used_at.map_or_else(|| texts::never().to_owned(), format_exact);
    view! {
        <tr>
            <td>{texts::token()} " " {token.id} " (" <code>{token.hint} "…"</code> ")"</td>
            <td>{state}</td>
            <td></td>
            <td>{format_exact(token.expires_at)}</td>
            <td>{used}</td>
            <td class="table__actions">{revoke}</td>
        </tr>
    }
}

fn scope_name(scope: Scope) -> &'static str {
    SCOPES.iter().find(|(known, ..)| *known == scope).map_or("", |(_, name, _)| name)
}
