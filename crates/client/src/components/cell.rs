use crate::components::bar::StockBar;
use crate::components::time::{Ago, TimeLeft};
use crate::filters::DEED;
use crate::on::on_click;
use crate::text::{price, signed, units};
use api::Time;
use leptos::prelude::*;

/// How a figure or a badge is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// As everything else.
    Plain,
    /// Less important than the rest.
    Quiet,
    /// Held, waiting.
    Held,
    /// Done, more.
    Good,
    /// Missing, refused.
    Bad,
}

impl Tone {
    fn figure(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Quiet => "figure--zero",
            Self::Held => "figure--held",
            Self::Good => "figure--in",
            Self::Bad => "figure--out",
        }
    }

    fn badge(self) -> &'static str {
        match self {
            Self::Plain | Self::Quiet => "badge",
            Self::Held => "badge badge--held",
            Self::Good => "badge badge--done",
            Self::Bad => "badge badge--bad",
        }
    }
}

/// What a row's verbs do without JavaScript, each in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plain {
    /// They post the row's id to an address.
    Post(&'static [&'static str]),
    /// They lead to this page with a deed in its address: to a form.
    Open(&'static [&'static str]),
}

/// What a cell of a table shows. Values rather than views: all tables are drawn by the same code.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Words of less weight.
    Quiet(String),
    /// What names the row: where it leads, and a note behind the name.
    Lead { text: String, href: String, note: String },
    /// Words that lead somewhere.
    Link { text: String, href: String },
    /// A number, right-aligned.
    Figure(i64, Tone),
    /// A change with its sign.
    Change(i64),
    /// `12 → 15`
    Levels(i64, i64),
    /// Decimal money.
    Money(String),
    /// Available, held, sold, as shares of the largest sum around.
    Bar { parts: [i64; 3], max: i64 },
    /// How something stands, and a note on it.
    Badge { label: &'static str, tone: Tone, note: String },
    /// When something happened.
    Ago(Time),
    /// Until when something lasts, ticking.
    Left(Time),
    /// Why something happened: words, an order or block, a note.
    Why { text: String, order: Option<i64>, note: String },
    /// What can be done to the row: the verbs, the row's name for screen readers, its id or what else names it
    /// in an address, and what the verbs do without JavaScript.
    Buttons { verbs: &'static [&'static str], about: String, id: String, plain: Plain },
    /// Nothing.
    None,
}

impl Cell {
    /// A number without a colour.
    pub fn figure(number: impl Into<i64>) -> Self {
        Self::Figure(number.into(), Tone::Plain)
    }

    /// A number of units: none left is bad.
    pub fn stock(number: impl Into<i64>) -> Self {
        let number = number.into();
        Self::Figure(number, if number == 0 { Tone::Bad } else { Tone::Plain })
    }

    /// What names the row and leads to its page.
    pub fn lead(text: impl Into<String>, href: String) -> Self {
        Self::Lead { text: text.into(), href, note: String::new() }
    }

    /// What it shows, outside of a table.
    pub fn alone(self) -> AnyView {
        self.view(Callback::new(|_| ()))
    }

    /// Its class, after that of its column.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Figure(_, tone) => tone.figure(),
            Self::Change(change) if *change > 0 => "figure--in",
            Self::Change(0) => "figure--zero",
            Self::Quiet(_) | Self::Ago(_) => "muted",
            Self::Link { .. } => "table__quiet",
            _ => "",
        }
    }

    /// Whether a new value of it is worth a mark.
    pub(super) fn is_marked(&self) -> bool {
        matches!(self, Self::Figure(..) | Self::Badge { .. } | Self::Money(_))
    }

    /// What it shows; a click on one of its buttons calls `act` with the verb.
    pub(super) fn view(self, act: Callback<&'static str>) -> AnyView {
        match self {
            Self::Text(text) | Self::Quiet(text) => text.into_any(),
            Self::Lead { text, href, note } => {
                let name = if href.is_empty() {
                    text.into_any()
                } else {
                    view! { <a href=href>{text}</a> }.into_any()
                };
                let note = (!note.is_empty()).then(|| view! { " " <span class="muted">{note}</span> });
                view! {
                    {name}
                    {note}
                }
                .into_any()
            }
            Self::Link { text, href } => view! { <a href=href>{text}</a> }.into_any(),
            Self::Figure(number, _) => units(number).into_any(),
            Self::Change(number) => signed(number).into_any(),
            Self::Levels(before, after) => format!("{} → {}", units(before), units(after)).into_any(),
            Self::Money(decimal) => price(&decimal).into_any(),
            Self::Bar { parts, max } => view! { <StockBar parts max /> }.into_any(),
            Self::Badge { label, tone, note } => {
                let note = (!note.is_empty()).then(|| view! { <span class="table__note">{note}</span> });
                view! {
                    <span class=tone.badge()>{label}</span>
                    {note}
                }
                .into_any()
            }
            Self::Ago(at) => view! { <Ago at /> }.into_any(),
            Self::Left(until) => view! { <TimeLeft until /> }.into_any(),
            Self::Why { text, order, note } => {
                let order = order.map(|id| {
                    let href = crate::href::order(id);
                    view! { " " <a href=href>{format!("order {id}")}</a> }
                });
                let note = (!note.is_empty()).then(|| view! { <span class="muted">" – " {note}</span> });
                view! {
                    {text}
                    {order}
                    {note}
                }
                .into_any()
            }
            Self::Buttons { verbs, about, id, plain } => buttons(verbs, &about, &id, plain, act),
            Self::None => ().into_any(),
        }
    }
}

fn buttons(
    verbs: &'static [&'static str],
    about: &str,
    id: &str,
    plain: Plain,
    act: Callback<&'static str>,
) -> AnyView {
    let button = |(at, verb): (usize, &'static &'static str)| {
        let begin = move |event: web_sys::MouseEvent| {
            event.prevent_default();
            act.run(verb);
        };
        let (address, deed) = match plain {
            Plain::Post(addresses) => (addresses.get(at).copied(), None),
            Plain::Open(deeds) => (None, deeds.get(at).map(|deed| format!("{deed}.{id}"))),
        };
        view! {
            <button
                class="button button--small"
                formaction=address
                name=deed.is_some().then_some(DEED)
                value=deed
                aria-label=format!("{verb} {about}")
                on:click=on_click(begin)
            >
                {*verb}
            </button>
        }
    };
    let buttons = verbs.iter().enumerate().map(button).collect_view();
    let posted = matches!(plain, Plain::Post(_)).then(|| {
        view! {
            <input type="hidden" name="id" value=id.to_owned() />
            // For how long a block is extended; the others don't look at it.
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
