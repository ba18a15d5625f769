//! The page of one's own account.

use super::form::{button_form, message, secret_field, text_field};
use super::people::role_name;
use crate::components::page_head::PageHead;
use crate::components::time::format_exact;
use crate::texts;
use crate::user_text::user_text;
use api::Time;
use leptos::prelude::*;

/// One's own account, with the result of a form.
#[derive(Debug, Clone, Default)]
pub struct AccountPage {
    /// The principal, such as `person:anna`.
    pub actor: String,
    /// The name of the role, for a person.
    pub role: Option<&'static str>,
    /// Whether the person has a second factor.
    pub has_second_factor: bool,
    /// The name of the OpenID provider, if there is one.
    pub openid: Option<String>,
    /// Whether the person is linked to an identity at a provider.
    pub has_openid: bool,
    /// Whether the page is for local access.
    pub is_local: bool,
    /// Whether people can be managed.
    pub manages_access: bool,
    /// The valid sessions, latest first.
    pub sessions: Vec<SessionRow>,
    /// A new second factor, until it is confirmed.
    pub new_factor: Option<NewFactor>,
    /// New recovery codes. No other page shows them.
    pub recovery_codes: Vec<String>,
    /// The reason for a rejection.
    pub error: Option<String>,
}

/// A session in a list.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// The id.
    pub id: i64,
    /// When it was created.
    pub created_at: Time,
    /// When it was last used.
    pub last_seen_at: Time,
    /// The address at the sign-in.
    pub address: String,
    /// The browser.
    pub user_agent: String,
    /// Whether it is the session of this page.
    pub is_current: bool,
}

/// A second factor that is not confirmed yet.
#[derive(Debug, Clone)]
pub struct NewFactor {
    /// The secret, for manual entry.
    pub secret: String,
    /// The address in the QR code.
    pub uri: String,
    /// The modules of the QR code, row by row: `true` is dark.
    pub modules: Vec<Vec<bool>>,
}

impl AccountPage {
    pub(super) fn view(self) -> impl IntoView {
        let is_person = self.role.is_some();
        let summary = match (self.is_local, self.role) {
            (true, _) => texts::local_access().to_owned(),
            (false, Some(role)) => format!("{}, {}", self.actor, role_name(role)),
            (false, None) => self.actor,
        };
        let people = self.manages_access.then(|| {
            view! {
                <a class="button" href="/people">
                    {texts::people()}
                </a>
                <a class="button" href="/clients">
                    {texts::api_clients()}
                </a>
                <a class="button" href="/webhooks">
                    {texts::webhooks()}
                </a>
                <a class="button" href="/audit">
                    {texts::audit_log()}
                </a>
            }
        });
        let sign_out = is_person.then(|| button_form("/sign-out", texts::sign_out(), Vec::new()));
        let forms = is_person.then(|| {
            view! {
                {password_form()}
                {second_factor(self.has_second_factor, self.new_factor)}
                {self.openid.map(|provider| identity(provider, self.has_openid))}
                {sessions(self.sessions)}
            }
        });
        view! {
            <PageHead title=texts::account().to_owned()>{people} {sign_out}</PageHead>
            <p class="summary">{summary}</p>
            {message(self.error)}
            {(!self.recovery_codes.is_empty()).then(|| recovery_codes(self.recovery_codes))}
            {forms}
        }
    }
}

fn password_form() -> impl IntoView {
    view! {
        <section class="panel">
            <h2>{texts::password()}</h2>
            <form class="form" method="post" action="/account/password">
                {secret_field("current", texts::current_password(), "current-password", "")}
                {secret_field("password", texts::new_password(), "new-password", texts::password_length())}
                {secret_field("repeated", texts::new_password_again(), "new-password", "")}
                <button class="button">{texts::change_password()}</button>
            </form>
        </section>
    }
}

fn second_factor(is_set: bool, new: Option<NewFactor>) -> AnyView {
    let state = if is_set { texts::factor_set() } else { texts::factor_not_set() };
    match new {
        Some(new) => view! {
            <section class="panel">
                <h2>{texts::second_factor()}</h2>
                <p>{texts::factor_scan()}</p>
                {qr_code(new.modules)}
                <p>
                    <code>{new.secret.clone()}</code>
                </p>
                <p>
                    <a href=new.uri>{texts::factor_open_app()}</a>
                </p>
                <form class="form" method="post" action="/account/second-factor">
                    <input type="hidden" name="secret" value=new.secret />
                    {text_field("code", texts::authenticator_code(), "text", String::new(), texts::six_digits())}
                    {secret_field("factor-password", texts::password(), "current-password", "")}
                    <button class="button button--primary">{texts::set_factor()}</button>
                </form>
            </section>
        }
        .into_any(),
        None => view! {
            <section class="panel">
                <h2>{texts::second_factor()}</h2>
                <p>{state}</p>
                {button_form(
                    "/account/second-factor/start",
                    if is_set { texts::replace_factor() } else { texts::set_up_factor() },
                    Vec::new(),
                )}
                {is_set
                    .then(|| {
                        view! {
                            <form class="form" method="post" action="/account/second-factor/remove">
                                {secret_field("factor-password", texts::password(), "current-password", "")}
                                <button class="button">{texts::remove_factor()}</button>
                            </form>
                        }
                    })}
            </section>
        }
        .into_any(),
    }
}

fn identity(provider: String, is_linked: bool) -> impl IntoView {
    let (state, action, label) = match is_linked {
        true => (texts::account_linked(), "/account/openid/remove", texts::remove_link().to_owned()),
        false => (texts::account_not_linked(), "/account/openid", texts::link_with(&provider)),
    };
    view! {
        <section class="panel">
            <h2>{texts::sign_in_by(&provider)}</h2>
            <p>{state}</p>
            <form class="form" method="post" action=action>
                {secret_field("openid-password", texts::password(), "current-password", "")}
                <button class="button">{label}</button>
            </form>
        </section>
    }
}

/// Renders a QR code with its quiet zone of four modules.
fn qr_code(modules: Vec<Vec<bool>>) -> impl IntoView {
    let size = modules.len() + 8;
    let mut path = String::new();
    for (y, row) in modules.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, is_dark)| **is_dark) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
        }
    }
    view! {
        <svg width="220" height="220" viewBox=format!("0 0 {size} {size}") role="img" aria-label=texts::qr_code()>
            <rect width="100%" height="100%" fill="#fff" />
            <path d=path fill="#000" />
        </svg>
    }
}

fn recovery_codes(codes: Vec<String>) -> impl IntoView {
    let codes = codes.into_iter().map(|code| {
        view! {
            <li>
                <code>{code}</code>
            </li>
        }
    });
    view! {
        <section class="panel" role="status" aria-label=texts::recovery_codes()>
            <p>
                <strong>{texts::store_recovery_codes()}</strong>
            </p>
            <p>{texts::recovery_codes_use()}</p>
            <ul>{codes.collect_view()}</ul>
        </section>
    }
}

fn sessions(sessions: Vec<SessionRow>) -> impl IntoView {
    let row = |session: SessionRow| {
        let action = match session.is_current {
            true => texts::this_session().into_any(),
            false => button_form(
                "/account/sessions/revoke",
                texts::end_session(),
                vec![("session", session.id.to_string())],
            )
            .into_any(),
        };
        view! {
            <tr>
                <th scope="row">{format_exact(session.created_at)}</th>
                <td>{format_exact(session.last_seen_at)}</td>
                <td>{session.address}</td>
                <td>{user_text(session.user_agent)}</td>
                <td class="table__actions">{action}</td>
            </tr>
        }
    };
    view! {
        <section class="panel">
            <h2>{texts::sessions()}</h2>
            <div class="table-box">
                <table class="table">
                    <caption class="visually-hidden">{texts::your_sessions()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{texts::signed_in()}</th>
                            <th scope="col">{texts::last_used()}</th>
                            <th scope="col">{texts::address()}</th>
                            <th scope="col">{texts::browser()}</th>
                            <th scope="col">
                                <span class="visually-hidden">{texts::actions()}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{sessions.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            {button_form("/account/sessions/revoke-all", texts::sign_out_everywhere(), Vec::new())}
        </section>
    }
}
