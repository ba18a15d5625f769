//! The page of the people.

use super::form::{
    button_form, message, name_field, shown_once, text_field, warehouses_field, warehouses_form,
};
use crate::components::page_head::PageHead;
use crate::texts;
use crate::user_text::user_text;
use leptos::prelude::*;

/// The people, with the result of a form.
#[derive(Debug, Clone, Default)]
pub struct PeoplePage {
    /// The people, by name.
    pub people: Vec<PersonRow>,
    /// The names of all roles, by ascending rights.
    pub roles: Vec<&'static str>,
    /// The name of a person and the one-time link. No other page shows the link.
    pub link: Option<(String, String)>,
    /// The reason for a rejection.
    pub error: Option<String>,
}

/// A person in the list.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// The name.
    pub name: String,
    /// The display name.
    pub display_name: String,
    /// The name of the role.
    pub role: &'static str,
    /// The codes of the warehouses that the person is limited to; empty without a limit.
    pub warehouses: String,
    /// Whether the person is disabled.
    pub is_disabled: bool,
    /// Whether the person has a way to sign in.
    pub can_sign_in: bool,
    /// Whether a second factor is set.
    pub has_second_factor: bool,
    /// The number of valid sessions.
    pub sessions: i64,
}

impl PeoplePage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { people, roles, link, error } = self;
        let link = link.map(|(name, link)| {
            let explanation = texts::link_valid(&name);
            shown_once(texts::one_time_link(), explanation, link)
        });
        let rows = people.into_iter().map(|person| person_row(person, &roles)).collect_view();
        view! {
            <PageHead title=texts::people().to_owned()>
                <a class="button" href="/clients">
                    {texts::api_clients()}
                </a>
                <a class="button" href="/audit">
                    {texts::audit_log()}
                </a>
            </PageHead>
            {link}
            {message(error)}
            <div class="table-box">
                <table class="table">
                    <caption class="visually-hidden">{texts::people()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{texts::name()}</th>
                            <th scope="col">{texts::display_name()}</th>
                            <th scope="col">{texts::state()}</th>
                            <th scope="col">{texts::sessions()}</th>
                            <th scope="col">{texts::role()}</th>
                            <th scope="col">{texts::warehouses()}</th>
                            <th scope="col">
                                <span class="visually-hidden">{texts::actions()}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <section class="panel">
                <h2>{texts::invite_person()}</h2>
                <form class="form" method="post" action="/people">
                    {name_field()}
                    {text_field("displayName", texts::display_name(), "text", String::new(), texts::display_name_hint())}
                    <div class="field">
                        <label for="field-role">{texts::role()}</label>
                        <select id="field-role" class="input" name="role">
                            {options(&roles, "")}
                        </select>
                    </div>
                    {warehouses_field()}
                    <button class="button button--primary">{texts::invite()}</button>
                </form>
            </section>
        }
    }
}

/// Returns the words for the name of a role.
pub fn role_name(role: &'static str) -> &'static str {
    match role {
        "viewer" => texts::role_viewer(),
        "operator" => texts::role_operator(),
        "manager" => texts::role_manager(),
        "administrator" => texts::role_administrator(),
        other => other,
    }
}

fn options(roles: &[&'static str], chosen: &str) -> impl IntoView + use<> {
    let option = |role: &&'static str| {
        let (role, selected) = (*role, *role == chosen);
        view! {
            <option value=role selected=selected>
                {role_name(role)}
            </option>
        }
    };
    roles.iter().map(option).collect_view()
}

fn person_row(person: PersonRow, roles: &[&'static str]) -> impl IntoView + use<> {
    let fields = || vec![("name", person.name.clone())];
    let state = match (person.is_disabled, person.can_sign_in, person.has_second_factor) {
        (true, ..) => texts::disabled(),
        (false, false, _) => texts::invited(),
        (false, true, false) => texts::enabled(),
        (false, true, true) => texts::enabled_factor(),
    };
    let actions = match person.is_disabled {
        true => view! { {button_form("/people/enable", texts::enable(), fields())} }.into_any(),
        false => view! {
            {button_form("/people/reset", texts::new_link(), fields())}
            {button_form("/people/sessions", texts::end_sessions(), fields())}
            {button_form("/people/disable", texts::disable(), fields())}
        }
        .into_any(),
    };
    let label = texts::role_of(&person.name);
    view! {
        <tr>
            <th scope="row">{person.name.clone()}</th>
            <td>{user_text(person.display_name)}</td>
            <td>{state}</td>
            <td>{person.sessions}</td>
            <td>
                <form method="post" action="/people/role">
                    <input type="hidden" name="name" value=person.name.clone() />
                    <select class="input" name="role" aria-label=label>
                        {options(roles, person.role)}
                    </select>
                    <button class="button">{texts::change_action()}</button>
                </form>
            </td>
            <td>{warehouses_form("/people/warehouses", &person.name, person.warehouses)}</td>
            <td class="table__actions">{actions}</td>
        </tr>
    }
}
