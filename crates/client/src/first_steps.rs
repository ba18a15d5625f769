//! The first steps of a new shop. The server renders them, so that they cost few bytes in the browser.

use crate::texts;
use api::FirstSteps;
use leptos::prelude::*;

/// Renders the steps as HTML, with a form that dismisses them.
pub fn first_steps(steps: FirstSteps) -> String {
    let step = |is_done: bool, label: &'static str, href: &'static str| {
        let state = if is_done { texts::step_done() } else { texts::step_open() };
        let class = if is_done { "badge badge--good" } else { "badge" };
        view! {
            <li>
                <span class=class>{state}</span>
                " "
                <a href=href rel="external">{label}</a>
            </li>
        }
    };
    view! {
        <section class="panel steps" aria-labelledby="first-steps">
            <h2 id="first-steps">{texts::first_steps()}</h2>
            <ol>
                {step(steps.has_warehouse, texts::step_warehouse(), "/warehouses")}
                {step(steps.has_items, texts::step_items(), "/items?do=create")}
                {step(steps.has_holds, texts::step_hold(), "/blocks?do=place")}
                {step(steps.has_clients, texts::step_client(), "/clients")}
            </ol>
            <form method="post" action="/first-steps/dismiss">
                <button class="button">{texts::dismiss_steps()}</button>
                " "
                <a href="/help/start" rel="external">{texts::help_start()}</a>
            </form>
        </section>
    }
    .to_html()
}
