use crate::components::stock_bar::StockBar;
use crate::components::time::{RelativeTime, TimeLeft};
use crate::event_handlers::on_click;
use crate::format::format_integer;
#[cfg(feature = "ssr")]
use crate::format::format_signed;
use crate::href;
use crate::price::format_price;
use crate::texts;
use crate::url_state::DIALOG;
use crate::user_text::{user_text, visible};
use api::{Item, Time};
use leptos::prelude::*;

/// The colour of a figure or a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// The colour of ordinary text.
    Plain,
    /// Less important.
    Quiet,
    /// Held or pending.
    Held,
    /// Done, or more.
    Good,
    /// Missing or rejected.
    Bad,
}

impl Tone {
    fn figure(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Quiet => "figure--quiet",
            Self::Held => "figure--held",
            Self::Good => "figure--good",
            Self::Bad => "figure--bad",
        }
    }

    fn badge(self) -> &'static str {
        match self {
            Self::Plain | Self::Quiet => "badge",
            Self::Held => "badge badge--held",
            Self::Good => "badge badge--good",
            Self::Bad => "badge badge--bad",
        }
    }
}

/// An action on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Confirms a hold.
    Confirm,
    /// Extends a hold.
    Extend,
    /// Releases a hold.
    Release,
    /// Receives units.
    Receive,
    /// Writes units off.
    WriteOff,
    /// Moves units to another warehouse.
    Move,
    /// Renames a category.
    Rename,
}

impl Verb {
    /// Returns the value of a posted form.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirm => "Confirm",
            Self::Extend => "Extend",
            _ => "Release",
        }
    }

    /// Returns the label of the button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Confirm => texts::confirm(),
            Self::Extend => texts::extend(),
            Self::Release => texts::release(),
            Self::Receive => texts::receive(),
            Self::WriteOff => texts::write_off(),
            Self::Move => texts::move_verb(),
            Self::Rename => texts::rename(),
        }
    }
}

/// The effect of a row's buttons in browsers without JavaScript. Each button has one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoScript {
    /// The buttons post the row's id to an address.
    Post(&'static [&'static str]),
    /// The buttons load this page with a dialog open.
    OpenDialog(&'static [&'static str]),
}

/// The content of a table cell. A value and not a view, so that one component renders all tables.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Text.
    Text(String),
    /// Less important text.
    Quiet(String),
    /// The name of the row, with an optional link and an optional note.
    RowHeader { text: String, href: String, note: String },
    /// The name of an item with its link, and its SKU below.
    Item { name: String, href: String, sku: Option<String> },
    /// A link.
    Link { text: String, href: String },
    /// A right-aligned number.
    Figure(i64, Tone),
    /// A change with its sign, in the HTML of the server.
    #[cfg(feature = "ssr")]
    Change(i64),
    /// A level before and after: `12 → 15`, in the HTML of the server.
    #[cfg(feature = "ssr")]
    Levels(i64, i64),
    /// A decimal amount of money.
    Money(String),
    /// Available, held and sold units, as shares of the largest sum in the table.
    Bar { parts: [i64; 3], max: i64 },
    /// A status and an optional note.
    Badge { label: &'static str, tone: Tone, note: String },
    /// The time since an event.
    RelativeTime(Time),
    /// The remaining time, as a countdown.
    TimeLeft(Time),
    /// The reason of a movement: text, an optional order, an optional note. In the HTML of the server.
    #[cfg(feature = "ssr")]
    Reason { text: String, order: Option<i64>, note: String },
    /// The row's action buttons: the row's name for screen readers, the row's id in addresses, and
    /// the buttons' effect without JavaScript.
    Buttons { verbs: &'static [Verb], about: String, id: String, no_script: NoScript },
    /// Empty.
    None,
}

impl Cell {
    /// Creates a figure of the ordinary colour.
    pub fn figure(number: impl Into<i64>) -> Self {
        Self::Figure(number.into(), Tone::Plain)
    }

    /// Creates a figure of units; 0 is shown as bad.
    pub fn stock(number: impl Into<i64>) -> Self {
        let number = number.into();
        Self::Figure(number, if number == 0 { Tone::Bad } else { Tone::Plain })
    }

    /// Creates the name of a row, with a link to the row's page.
    pub fn row_header(text: impl Into<String>, href: String) -> Self {
        Self::RowHeader { text: text.into(), href, note: String::new() }
    }

    /// Creates the name of an item, with its SKU and a link to its page.
    pub fn item(item: &Item) -> Self {
        Self::Item { name: item.name.clone(), href: href::item(item.id), sku: item.sku.clone() }
    }

    /// Renders the content outside of a table. Buttons do nothing.
    pub fn view_only(self) -> AnyView {
        self.view(Callback::new(|_| ()))
    }

    /// Returns the cell's CSS class.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Figure(_, tone) => tone.figure(),
            #[cfg(feature = "ssr")]
            Self::Change(change) if *change > 0 => "figure--good",
            #[cfg(feature = "ssr")]
            Self::Change(0) => "figure--quiet",
            Self::Quiet(_) | Self::RelativeTime(_) => "muted",
            Self::Link { .. } => "table__quiet",
            _ => "",
        }
    }

    /// Returns whether a new value of this cell is highlighted.
    pub fn is_highlighted(&self) -> bool {
        matches!(self, Self::Figure(..) | Self::Badge { .. } | Self::Money(_))
    }

    /// Renders the content. A click on a button calls `on_action` with its action.
    pub(super) fn view(self, on_action: Callback<Verb>) -> AnyView {
        match self {
            Self::Text(text) | Self::Quiet(text) => user_text(text).into_any(),
            Self::RowHeader { text, href, note } => {
                let name = if href.is_empty() {
                    user_text(text).into_any()
                } else {
                    view! { <a href=href>{user_text(text)}</a> }.into_any()
                };
                let note =
                    (!note.is_empty()).then(|| view! { " " <span class="muted">{user_text(note)}</span> });
                view! {
                    {name}
                    {note}
                }
                .into_any()
            }
            Self::Item { name, href, sku } => view! {
                <a href=href>{user_text(name)}</a>
                {sku.map(|sku| view! { <span class="table__sku">{user_text(sku)}</span> })}
            }
            .into_any(),
            Self::Link { text, href } => view! { <a href=href>{user_text(text)}</a> }.into_any(),
            Self::Figure(number, _) => format_integer(number).into_any(),
            #[cfg(feature = "ssr")]
            Self::Change(number) => format_signed(number).into_any(),
            #[cfg(feature = "ssr")]
            Self::Levels(before, after) => {
                format!("{} → {}", format_integer(before), format_integer(after)).into_any()
            }
            Self::Money(decimal) => format_price(&decimal).into_any(),
            Self::Bar { parts, max } => view! { <StockBar parts max /> }.into_any(),
            Self::Badge { label, tone, note } => {
                let note =
                    (!note.is_empty()).then(|| view! { <span class="table__note">{visible(note)}</span> });
                view! {
                    <span class=tone.badge()>{label}</span>
                    {note}
                }
                .into_any()
            }
            Self::RelativeTime(at) => view! { <RelativeTime at /> }.into_any(),
            Self::TimeLeft(until) => view! { <TimeLeft until /> }.into_any(),
            #[cfg(feature = "ssr")]
            Self::Reason { text, order, note } => {
                let order = order.map(|id| {
                    let href = href::order(id);
                    view! { " " <a href=href>{texts::order_named(&id.to_string())}</a> }
                });
                let note =
                    (!note.is_empty()).then(|| view! { <span class="muted">" – " {user_text(note)}</span> });
                view! {
                    {user_text(text)}
                    {order}
                    {note}
                }
                .into_any()
            }
            Self::Buttons { verbs, about, id, no_script } => {
                buttons(verbs, &about, &id, no_script, on_action)
            }
            Self::None => ().into_any(),
        }
    }
}

fn buttons(
    verbs: &'static [Verb],
    about: &str,
    id: &str,
    no_script: NoScript,
    on_action: Callback<Verb>,
) -> AnyView {
    let button = |(at, verb): (usize, &'static Verb)| {
        let begin = move |event: web_sys::MouseEvent| {
            event.prevent_default();
            on_action.run(*verb);
        };
        let (address, dialog) = match no_script {
            NoScript::Post(addresses) => (addresses.get(at).copied(), None),
            NoScript::OpenDialog(actions) => (None, actions.get(at).map(|dialog| format!("{dialog}.{id}"))),
        };
        view! {
            <button
                class="button button--small"
                formaction=address
                name=dialog.is_some().then_some(DIALOG)
                value=dialog
                aria-label=visible(texts::verb_about(verb.label(), about))
                on:click=on_click(begin)
            >
                {verb.label()}
            </button>
        }
    };
    let buttons = verbs.iter().enumerate().map(button).collect_view();
    let posted = matches!(no_script, NoScript::Post(_)).then(|| {
        view! {
            <input type="hidden" name="id" value=id.to_owned() />
            // The period for extending a block. The other actions ignore it.
            <input type="hidden" name="ttlSeconds" value="3600" />
        }
    });
    let method = if posted.is_some() { "post" } else { "get" };
    view! {
        <form method=method>
            {posted}
            {buttons}
        </form>
    }
    .into_any()
}

/// A row with a cell for each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The id, unique in the table.
    pub id: i64,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}
