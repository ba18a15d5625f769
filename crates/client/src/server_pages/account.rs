//! The page of one's own account.

use super::form::{button_form, message, secret_field, text_field};
use crate::components::page_head::PageHead;
use crate::components::time::format_utc;
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
            (true, _) => {
                "Local access: everyone on this machine is an administrator, until the first administrator \
                          has a password."
                    .to_owned()
            }
            (false, Some(role)) => format!("{}, {role}", self.actor),
            (false, None) => self.actor,
        };
        let people = self.manages_access.then(|| {
            view! {
                <a class="button" href="/people">
                    "People"
                </a>
                <a class="button" href="/clients">
                    "API clients"
                </a>
                <a class="button" href="/audit">
                    "Audit log"
                </a>
            }
        });
        let sign_out = is_person.then(|| button_form("/sign-out", "Sign out", Vec::new()));
        let forms = is_person.then(|| {
            view! {
                {password_form()}
                {second_factor(self.has_second_factor, self.new_factor)}
                {self.openid.map(|provider| identity(provider, self.has_openid))}
                {sessions(self.sessions)}
            }
        });
        view! {
            <PageHead title="Account".to_owned()>{people} {sign_out}</PageHead>
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
            <h2>"Password"</h2>
            <form class="form" method="post" action="/account/password">
                {secret_field("current", "Current password", "current-password", "")}
                {secret_field("password", "New password", "new-password", "12 to 256 characters.")}
                {secret_field("repeated", "New password again", "new-password", "")}
                <button class="button">"Change password and end all other sessions"</button>
            </form>
        </section>
    }
}

fn second_factor(is_set: bool, new: Option<NewFactor>) -> AnyView {
    let state = if is_set { "A second factor is set." } else { "No second factor is set." };
    match new {
        Some(new) => view! {
            <section class="panel">
                <h2>"Second factor"</h2>
                <p>"Scan the code with an authenticator app, or type the secret. Then enter the code that it shows."</p>
                {qr_code(new.modules)}
                <p>
                    <code>{new.secret.clone()}</code>
                </p>
                <p>
                    <a href=new.uri>"Open in an app on this device"</a>
                </p>
                <form class="form" method="post" action="/account/second-factor">
                    <input type="hidden" name="secret" value=new.secret />
                    {text_field("code", "Code", "text", String::new(), "6 digits.")}
                    {secret_field("factor-password", "Password", "current-password", "")}
                    <button class="button button--primary">"Set second factor"</button>
                </form>
            </section>
        }
        .into_any(),
        None => view! {
            <section class="panel">
                <h2>"Second factor"</h2>
                <p>{state}</p>
                {button_form(
                    "/account/second-factor/start",
                    if is_set { "Replace second factor" } else { "Set up second factor" },
                    Vec::new(),
                )}
                {is_set
                    .then(|| {
                        view! {
                            <form class="form" method="post" action="/account/second-factor/remove">
                                {secret_field("factor-password", "Password", "current-password", "")}
                                <button class="button">"Remove second factor"</button>
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
        true => (
            "Your account is linked.",
            "/account/openid/remove",
            "Remove link and end all other sessions".to_owned(),
        ),
        false => ("Your account is not linked.", "/account/openid", format!("Link with {provider}")),
    };
    view! {
        <section class="panel">
            <h2>{format!("Sign-in with {provider}")}</h2>
            <p>{state}</p>
            <form class="form" method="post" action=action>
                {secret_field("openid-password", "Password", "current-password", "")}
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
        <svg width="220" height="220" viewBox=format!("0 0 {size} {size}") role="img" aria-label="QR code of the secret">
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
        <section class="panel" role="status" aria-label="Recovery codes">
            <p>
                <strong>"Store these recovery codes. They are not shown again."</strong>
            </p>
            <p>"Each replaces one code of the authenticator app."</p>
            <ul>{codes.collect_view()}</ul>
        </section>
    }
}

fn sessions(sessions: Vec<SessionRow>) -> impl IntoView {
    let row = |session: SessionRow| {
        let action = match session.is_current {
            true => view! { "This session" }.into_any(),
            false => {
                button_form("/account/sessions/revoke", "End", vec![("session", session.id.to_string())])
                    .into_any()
            }
        };
        view! {
            <tr>
                <th scope="row">{format_utc(session.created_at)}</th>
                <td>{format_utc(session.last_seen_at)}</td>
                <td>{session.address}</td>
                <td>{session.user_agent}</td>
                <td class="table__actions">{action}</td>
            </tr>
        }
    };
    view! {
        <section class="panel">
            <h2>"Sessions"</h2>
            <div class="table-box">
                <table class="table">
                    <caption class="visually-hidden">"Your sessions"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Signed in"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Browser"</th>
                            <th scope="col">
                                <span class="visually-hidden">"Actions"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{sessions.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            {button_form("/account/sessions/revoke-all", "Sign out everywhere", Vec::new())}
        </section>
    }
}
