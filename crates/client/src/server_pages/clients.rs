//! The page of the API clients.

use super::form::{button_form, name_field, shown_once, text_field, warehouses_field, warehouses_form};
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemText;
use crate::components::time::format_utc;
use api::{Client, ClientToken, IssuedToken, Problem, Scope, TokenState};
use leptos::prelude::*;

/// The scopes, with their names in the form and their explanations.
const SCOPES: [(Scope, &str, &str); 6] = [
    (Scope::StockRead, "stock:read", "reads"),
    (Scope::StockWrite, "stock:write", "receipts, moves and write-offs"),
    (Scope::HoldsWrite, "holds:write", "blocks and carts"),
    (Scope::OrdersWrite, "orders:write", "orders"),
    (Scope::ItemsWrite, "items:write", "items, categories, warehouses and imports"),
    (Scope::Admin, "admin", "people, clients and the audit log"),
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
            let expiry = format_utc(issued.expires_at);
            let explanation = format!("Token {} of {client} expires on {expiry}.", issued.id);
            shown_once("New token", explanation, issued.token)
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
                        <caption class="visually-hidden">"API clients and their tokens"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Client or token"</th>
                                <th scope="col">"Scopes or state"</th>
                                <th scope="col">"Warehouses"</th>
                                <th scope="col">"Expires"</th>
                                <th scope="col">"Last used"</th>
                                <th scope="col">
                                    <span class="visually-hidden">"Actions"</span>
                                </th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
        });
        view! {
            <PageHead title="API clients".to_owned()>
                <a class="button" href="/audit">
                    "Audit log"
                </a>
            </PageHead>
            {issued}
            {problem}
            {is_empty.then(|| view! { <p class="summary">"There are no clients yet."</p> })}
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
                {explanation}
            </label>
        }
    });
    view! {
        <section class="panel">
            <h2>"Add client"</h2>
            <form class="form" method="post" action="/clients">
                {name_field()}
                <fieldset class="field">
                    <legend>"Scopes"</legend>
                    {scopes.into_iter().collect_view()}
                </fieldset>
                {text_field(
                    "expiresInDays",
                    "Days until the token expires",
                    "text",
                    String::new(),
                    "1 to 3,650. Empty: the default of the server.",
                )}
                {warehouses_field()}
                <button class="button button--primary">"Add client"</button>
            </form>
        </section>
    }
}

/// Renders the row of a client, and a row per token.
fn client_rows(client: Client, warehouses: String) -> impl IntoView {
    let scopes: Vec<_> = client.scopes.iter().map(|scope| scope_name(*scope)).collect();
    let is_enabled = client.disabled_at.is_none();
    let state = client.disabled_at.map(|at| format!(", disabled on {}", format_utc(at)));
    let valid = client.tokens.iter().filter(|token| token.state == TokenState::Valid).count();
    let name = client.name.clone();
    let rotate = (is_enabled && valid < 2)
        .then(|| button_form("/clients/rotate", "New token", vec![("name", name.clone())]));
    let disable =
        is_enabled.then(|| button_form("/clients/disable", "Disable", vec![("name", name.clone())]));
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
        TokenState::Valid if is_enabled => ("valid", true),
        TokenState::Valid => ("rejected: the client is disabled", false),
        TokenState::Expired => ("expired", false),
        TokenState::Revoked => ("revoked", false),
    };
    let fields = || vec![("name", client.to_owned()), ("token", token.id.to_string())];
    let revoke = is_valid.then(|| button_form("/clients/revoke", "Revoke", fields()));
    let used = token.last_used_at.map_or_else(|| "never".to_owned(), format_utc);
    view! {
        <tr>
            <td>"Token " {token.id} " (" <code>{token.hint} "…"</code> ")"</td>
            <td>{state}</td>
            <td></td>
            <td>{format_utc(token.expires_at)}</td>
            <td>{used}</td>
            <td class="table__actions">{revoke}</td>
        </tr>
    }
}

fn scope_name(scope: Scope) -> &'static str {
    SCOPES.iter().find(|(known, ..)| *known == scope).map_or("", |(_, name, _)| name)
}
