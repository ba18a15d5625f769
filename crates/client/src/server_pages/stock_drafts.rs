//! The pages of stock drafts: deliveries, counts and moves of many items.

use super::form::{button_form, message, select_field, text_field};
use crate::components::page_head::PageHead;
use crate::components::time::ExactTime;
use crate::format::format_integer;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::Time;
use leptos::prelude::*;

/// The effect of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftPageKind {
    /// Its units are received.
    Receipt,
    /// Its units are those on the shelf.
    Count,
    /// Its units go to another warehouse.
    Move,
}

impl DraftPageKind {
    fn label(self) -> &'static str {
        match self {
            Self::Receipt => texts::draft_receipt(),
            Self::Count => texts::draft_count(),
            Self::Move => texts::draft_move(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Count => "count",
            Self::Move => "move",
        }
    }

    fn post(self) -> &'static str {
        match self {
            Self::Receipt => texts::draft_post_receipt(),
            Self::Count => texts::draft_post_count(),
            Self::Move => texts::draft_post_move(),
        }
    }
}

/// A draft in a list and on its page.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// Its id.
    pub id: i64,
    /// Its effect.
    pub kind: DraftPageKind,
    /// Its name.
    pub name: String,
    /// The code of its warehouse.
    pub warehouse: String,
    /// The code of the warehouse that receives the units of a move.
    pub target: Option<String>,
    /// The number that each change raises.
    pub version: i64,
    /// The principal that created it, and the time.
    pub created: (String, Time),
    /// The principal that posted it, and the time.
    pub posted: Option<(String, Time)>,
    /// The number of its lines.
    pub line_count: i64,
    /// The sum of its units.
    pub units: i64,
}

impl DraftRow {
    fn place(&self) -> String {
        match &self.target {
            Some(target) => format!("{} → {target}", self.warehouse),
            None => self.warehouse.clone(),
        }
    }
}

/// The list of drafts.
#[derive(Debug, Clone, Default)]
pub struct DraftsPage {
    /// The open drafts, oldest first.
    pub open: Vec<DraftRow>,
    /// The latest posted ones, newest first.
    pub posted: Vec<DraftRow>,
    /// The ids and codes of the warehouses.
    pub warehouses: Vec<(i64, String)>,
    /// The name in the form.
    pub name: String,
    /// The reason why the last form was rejected.
    pub error: Option<String>,
}

impl DraftsPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { open, posted, warehouses, name, error } = self;
        let list = if open.is_empty() {
            view! { <p class="summary">{texts::drafts_none()}</p> }.into_any()
        } else {
            draft_table(texts::drafts_open(), open).into_any()
        };
        let posted = (!posted.is_empty()).then(|| {
            view! {
                <h2>{texts::drafts_posted()}</h2>
                {draft_table(texts::drafts_posted(), posted)}
            }
        });
        view! {
            <PageHead title=texts::drafts()>
                <a class="button" href="/help/documents">
                    {texts::help()}
                </a>
            </PageHead>
            <p class="summary">{texts::drafts_hint()}</p>
            {message(error)}
            <h2>{texts::drafts_open()}</h2>
            {list}
            {new_form(warehouses, name)}
            {posted}
        }
    }
}

fn new_form(warehouses: Vec<(i64, String)>, name: String) -> impl IntoView {
    let kinds = [DraftPageKind::Receipt, DraftPageKind::Count, DraftPageKind::Move];
    let kinds = kinds.map(|kind| (kind.name().to_owned(), kind.label().to_owned())).to_vec();
    let places: Vec<_> = warehouses.into_iter().map(|(id, code)| (id.to_string(), code)).collect();
    let none = (String::new(), texts::draft_no_target().to_owned());
    let targets = std::iter::once(none).chain(places.iter().cloned()).collect();
    view! {
        <section class="panel" aria-labelledby="new-draft">
            <h2 id="new-draft">{texts::draft_new()}</h2>
            <form class="form" method="post" action="/stock">
                {select_field("kind", texts::draft_kind(), kinds, "receipt")}
                {text_field("name", texts::draft_name(), "text", name, texts::draft_name_hint())}
                {select_field("warehouse", texts::draft_warehouse(), places, "")}
                {select_field("target", texts::draft_target(), targets, "")}
                <button class="button button--primary">{texts::draft_create()}</button>
            </form>
        </section>
    }
}

fn heads(names: Vec<(&'static str, bool)>) -> impl IntoView {
    let head = |(name, is_figure): (&'static str, bool)| {
        view! { <th scope="col" class=is_figure.then_some("figure")>{name}</th> }
    };
    view! {
        <thead>
            <tr>{names.into_iter().map(head).collect_view()}</tr>
        </thead>
    }
}

fn draft_table(caption: &'static str, drafts: Vec<DraftRow>) -> impl IntoView {
    let rows = drafts.into_iter().map(|draft| {
        let place = draft.place();
        let (actor, at) = draft.posted.unwrap_or(draft.created);
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/stock/{}", draft.id)>
                        {user_text(draft.name)}
                    </a>
                </th>
                <td>{draft.kind.label()}</td>
                <td>{place}</td>
                <td class="figure">{format_integer(draft.line_count)}</td>
                <td class="figure">{format_integer(draft.units)}</td>
                <td>
                    <bdi>{actor}</bdi>
                </td>
                <td>
                    <ExactTime at=at />
                </td>
            </tr>
        }
    });
    let names = vec![
        (texts::draft_name(), false),
        (texts::draft_kind(), false),
        (texts::warehouse(), false),
        (texts::draft_lines(), true),
        (texts::units(), true),
        (texts::draft_by(), false),
        (texts::draft_at(), false),
    ];
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                {heads(names)}
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// A line of a draft.
#[derive(Debug, Clone)]
pub struct DraftLineRow {
    /// The item's id.
    pub item: i64,
    /// The item's name.
    pub name: String,
    /// The item's SKU.
    pub sku: Option<String>,
    /// Received, counted or moved units.
    pub quantity: i32,
    /// The reason why the last posting refused the line.
    pub refused: Option<String>,
}

/// The page of a draft.
#[derive(Debug, Clone)]
pub struct DraftPage {
    /// The draft.
    pub draft: DraftRow,
    /// Its lines, in the order in which they were added.
    pub lines: Vec<DraftLineRow>,
    /// The text in the field for a SKU or barcode.
    pub code: String,
    /// The reason why the last form was rejected.
    pub error: Option<String>,
}

impl DraftPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { draft, lines, code, error } = self;
        let (id, is_open, place) = (draft.id, draft.posted.is_none(), draft.place());
        let version = draft.version.to_string();
        let address = format!("/stock/{id}");
        let posted = draft.posted.clone().map(|(actor, at)| {
            view! {
                <div>
                    <dt>{texts::draft_posted_at()}</dt>
                    <dd>
                        <ExactTime at=at />
                        " "
                        <bdi>{actor}</bdi>
                    </dd>
                </div>
            }
        });
        let is_empty = lines.is_empty();
        let rows: Vec<_> = lines.into_iter().map(|line| line_row(&address, is_open, line)).collect();
        let add = is_open.then(|| add_form(&address, version.clone(), code));
        let end = (is_open && !is_empty).then(|| {
            view! {
                <form class="screen-only" method="post" action=format!("{address}/post")>
                    <input type="hidden" name="version" value=version />
                    <button class="button button--primary">{draft.kind.post()}</button>
                </form>
            }
        });
        let delete =
            is_open.then(|| button_form(format!("{address}/delete"), texts::draft_delete(), Vec::new()));
        let names = vec![
            (texts::sku(), false),
            (texts::item(), false),
            (texts::units(), true),
            (texts::draft_checked(), false),
        ];
        let (name, created) = (draft.name.clone(), draft.created.clone());
        view! {
            <PageHead title=format!("{}: {name}", draft.kind.label()) up=("/stock", texts::drafts()) />
            {message(error)}
            <dl class="facts">
                <div>
                    <dt>{texts::warehouse()}</dt>
                    <dd>{place}</dd>
                </div>
                <div>
                    <dt>{texts::units()}</dt>
                    <dd>{format_integer(draft.units)}</dd>
                </div>
                <div>
                    <dt>{texts::draft_created_at()}</dt>
                    <dd>
                        <ExactTime at=created.1 />
                        " "
                        <bdi>{created.0}</bdi>
                    </dd>
                </div>
                {posted}
            </dl>
            {add}
            <div class="table-box">
                <table class="table">
                    <caption class="visually-hidden">{texts::draft_lines()}</caption>
                    {heads(names)}
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {is_empty.then(|| view! { <p class="summary">{texts::draft_empty()}</p> })}
            {end}
            <div class="screen-only">{delete}</div>
            <p class="muted screen-only">{texts::draft_print()}</p>
        }
    }
}

/// Renders the form that adds a line. A scanner ends its code with Enter, which submits the form with one unit.
fn add_form(address: &str, version: String, code: String) -> impl IntoView + use<> {
    view! {
        <form class="form form--row screen-only" method="post" action=format!("{address}/add")>
            <input type="hidden" name="version" value=version />
            <div class="field">
                <label for="field-code">{texts::draft_code()}</label>
                <input id="field-code" class="input" name="code" value=code autocomplete="off" autofocus required />
            </div>
            <div class="field">
                <label for="field-quantity">{texts::units()}</label>
                <input
                    id="field-quantity"
                    class="input input--figure"
                    name="quantity"
                    value="1"
                    inputmode="numeric"
                    autocomplete="off"
                />
            </div>
            <button class="button">{texts::add()}</button>
        </form>
    }
}

fn line_row(address: &str, is_open: bool, line: DraftLineRow) -> impl IntoView + use<> {
    let units = match is_open {
        false => view! { {format_integer(line.quantity)} }.into_any(),
        true => {
            let label = texts::draft_units_of(&line.name);
            view! {
                <form class="form--inline" method="post" action=format!("{address}/set")>
                    <input type="hidden" name="item" value=line.item.to_string() />
                    <input
                        class="input input--figure"
                        name="quantity"
                        inputmode="numeric"
                        aria-label=label
                        value=line.quantity.to_string()
                        autocomplete="off"
                    />
                    <button class="button button--small screen-only">{texts::save()}</button>
                    <button class="button button--small screen-only" name="remove" value="1">
                        {texts::draft_remove()}
                    </button>
                </form>
                // Forms are not printed.
                <span class="print-only">{format_integer(line.quantity)}</span>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <td>{line.sku.unwrap_or_else(|| format!("#{}", line.item))}</td>
            <th scope="row">
                <a href=href::item(line.item) rel="external">
                    {user_text(line.name)}
                </a>
                {line.refused.map(|reason| view! { <p class="field__error">{reason}</p> })}
            </th>
            <td class="figure">{units}</td>
            <td>
                <span class="print-box"></span>
            </td>
        </tr>
    }
}

/// Renders the page of an unknown draft.
pub(super) fn no_draft() -> impl IntoView {
    api::page_request::respond_with_status(404);
    view! {
        <PageHead title=texts::draft_missing() up=("/stock", texts::drafts()) />
        <p>{texts::draft_missing_hint()}</p>
    }
}
