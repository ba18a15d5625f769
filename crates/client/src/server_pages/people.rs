//! The page of the people.

use super::form::{
    button_form, message, name_field, shown_once, text_field, warehouses_field, warehouses_form,
};
use crate::components::page_head::PageHead;
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
            let explanation = format!("The link for {name} is valid for 24 hours, and once.");
            shown_once("One-time link", explanation, link)
        });
        let rows = people.into_iter().map(|person| person_row(person, &roles)).collect_view();
        view! {
            <PageHead title="People".to_owned()>
                <a class="button" href="/clients">
                    "API clients"
                </a>
                <a class="button" href="/audit">
                    "Audit log"
                </a>
            </PageHead>
            {link}
            {message(error)}
            <div class="table-box">
                <table class="table">
                    <caption class="visually-hidden">"People"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Display name"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Sessions"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Warehouses"</th>
                            <th scope="col">
                                <span class="visually-hidden">"Actions"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <section class="panel">
                <h2>"Invite a person"</h2>
                <form class="form" method="post" action="/people">
                    {name_field()}
                    {text_field("displayName", "Display name", "text", String::new(), "Empty: the name.")}
                    <div class="field">
                        <label for="field-role">"Role"</label>
                        <select id="field-role" class="input" name="role">
                            {options(&roles, "")}
                        </select>
                    </div>
                    {warehouses_field()}
                    <button class="button button--primary">"Invite"</button>
                </form>
            </section>
        }
    }
}

fn options(roles: &[&'static str], chosen: &str) -> impl IntoView + use<> {
    let option = |role: &&'static str| {
        let (role, selected) = (*role, *role == chosen);
        view! {
            <option value=role selected=selected>
                {role}
            </option>
        }
    };
    roles.iter().map(option).collect_view()
}

fn person_row(person: PersonRow, roles: &[&'static str]) -> impl IntoView + use<> {
    let fields = || vec![("name", person.name.clone())];
    let state = match (person.is_disabled, person.can_sign_in, person.has_second_factor) {
        (true, ..) => "disabled",
        (false, false, _) => "invited",
        (false, true, false) => "enabled",
        (false, true, true) => "enabled, with a second factor",
    };
    let actions = match person.is_disabled {
        true => view! { {button_form("/people/enable", "Enable", fields())} }.into_any(),
        false => view! {
            {button_form("/people/reset", "New link", fields())}
            {button_form("/people/sessions", "End sessions", fields())}
            {button_form("/people/disable", "Disable", fields())}
        }
        .into_any(),
    };
    let label = format!("Role of {}", person.name);
    view! {
        <tr>
            <th scope="row">{person.name.clone()}</th>
            <td>{person.display_name}</td>
            <td>{state}</td>
            <td>{person.sessions}</td>
            <td>
                <form method="post" action="/people/role">
                    <input type="hidden" name="name" value=person.name.clone() />
                    <select class="input" name="role" aria-label=label>
                        {options(roles, person.role)}
                    </select>
                    <button class="button">"Change"</button>
                </form>
            </td>
            <td>{warehouses_form("/people/warehouses", &person.name, person.warehouses)}</td>
            <td class="table__actions">{actions}</td>
        </tr>
    }
}
