//! The pages for people who have not signed in: the sign-in, and the one-time link.

use super::form::{message, secret_field};
use crate::components::page_head::PageHead;
use crate::href::with_query;
use crate::texts;
use leptos::prelude::*;

/// The sign-in.
#[derive(Debug, Clone, Default)]
pub struct SignInPage {
    /// The local address after the sign-in.
    pub next: String,
    /// The name of a rejected sign-in.
    pub name: String,
    /// The name of the OpenID provider, if there is one.
    pub openid: Option<String>,
    /// The reason for a rejection.
    pub error: Option<String>,
}

impl SignInPage {
    pub(super) fn view(self) -> impl IntoView {
        let openid = self.openid.map(|name| {
            let href = with_query("/sign-in/openid", [("next", &*self.next)]);
            view! {
                <p>
                    <a class="button button--primary" href=href rel="external">
                        {texts::sign_in_with(&name)}
                    </a>
                </p>
            }
        });
        view! {
            <PageHead title=texts::sign_in().to_owned() />
            {message(self.error)}
            {openid}
            <form class="form" method="post" action="/sign-in">
                <input type="hidden" name="next" value=self.next />
                <div class="field">
                    <label for="field-name">{texts::name()}</label>
                    <input
                        id="field-name"
                        class="input"
                        name="name"
                        value=self.name
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        autofocus
                    />
                </div>
                {secret_field("password", texts::password(), "current-password", "")}
                <div class="field">
                    <label for="field-code">{texts::authenticator_code()}</label>
                    <input
                        id="field-code"
                        class="input"
                        name="code"
                        inputmode="text"
                        autocomplete="one-time-code"
                        spellcheck="false"
                    />
                    <p class="field__note">
                        {texts::sign_in_code_hint()}
                    </p>
                </div>
                <button class="button button--primary">{texts::sign_in()}</button>
            </form>
        }
    }
}

/// The choice of a password by a one-time link.
#[derive(Debug, Clone, Default)]
pub struct InvitationPage {
    /// The secret of the link; `None` if the link is not valid.
    pub secret: Option<String>,
    /// The name of the person.
    pub name: String,
    /// The name of the OpenID provider, if there is one.
    pub openid: Option<String>,
    /// The reason for a rejection.
    pub error: Option<String>,
}

impl InvitationPage {
    pub(super) fn view(self) -> impl IntoView {
        let name = self.name;
        let openid = self.openid;
        let form = self.secret.map(|secret| {
            let openid = openid.map(|provider| {
                view! {
                    <form method="post" action="/invitation/openid">
                        <input type="hidden" name="secret" value=secret.clone() />
                        <button class="button button--primary">{texts::sign_in_with(&provider)}</button>
                    </form>
                    <p>{texts::or_choose_password()}</p>
                }
            });
            view! {
                <p class="summary">{texts::sign_in_name()} " " <strong>{name.clone()}</strong></p>
                {openid}
                <form class="form" method="post" action="/invitation">
                    <input type="hidden" name="secret" value=secret />
                    <input type="hidden" name="username" value=name autocomplete="username" />
                    {secret_field(
                        "password",
                        texts::password(),
                        "new-password",
                        texts::password_hint(),
                    )}
                    {secret_field("repeated", texts::password_again(), "new-password", "")}
                    <button class="button button--primary">{texts::set_password()}</button>
                </form>
            }
        });
        view! {
            <PageHead title=texts::choose_password().to_owned() />
            {message(self.error)}
            {form}
        }
    }
}
