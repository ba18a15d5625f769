//! What the server answers a form with that was posted without JavaScript, where a line of text is too little:
//! a page of its own, in the console's frame. It is never brought to life.

use crate::components::cell::{Cell, Tone};
use crate::components::page_head::PageHead;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::time::exact;
use crate::href;
use crate::pages::import;
use api::{Block, BlockAction, BlockOutcome, ImportReport};
use leptos::prelude::*;

/// Put into the context of a render, it stands where the page of the address would.
#[derive(Clone)]
pub enum Outcome {
    /// What became of the lines of a file, or would.
    Import {
        /// The lines.
        report: ImportReport,
        /// The fields that do in earnest what was only looked at; none once it was done.
        then: Option<[(&'static str, String); 2]>,
    },
    /// What became of several blocks.
    Blocks {
        /// What was to be done to them.
        action: BlockAction,
        /// Each block as it was before, as far as it was there, and what became of it.
        blocks: Vec<(Option<Block>, BlockOutcome)>,
        /// The page that one came from.
        back: String,
    },
}

impl Outcome {
    /// The outcome that this render is of.
    pub(crate) fn current() -> Option<Self> {
        use_context()
    }

    /// The page of it.
    pub(crate) fn view(self) -> AnyView {
        match self {
            Self::Import { report, then } => imported(report, then).into_any(),
            Self::Blocks { action, blocks, back } => acted(action, blocks, back).into_any(),
        }
    }
}

fn imported(report: ImportReport, then: Option<[(&'static str, String); 2]>) -> impl IntoView {
    let counts = [report.created, report.updated, report.unchanged, report.wrong];
    let title = if report.dry_run { "What would change" } else { "Import" };
    let useful = report.created + report.updated > 0;
    let again = then.filter(|_| useful).map(|fields| {
        let hidden = fields.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        view! {
            <form method="post" action="/forms/import_items" enctype="multipart/form-data">
                {hidden}
                <button class="button button--primary">{import::label(report.wrong)}</button>
            </form>
        }
    });
    let mut lines = report.lines;
    import::cut(&mut lines);
    let table = (!lines.is_empty()).then(|| {
        let rows = Signal::stored(lines.into_iter().map(import::row).collect::<Vec<_>>());
        view! { <Table name="import" caption=import::CAPTION columns=&import::COLUMNS rows /> }
    });
    view! {
        <PageHead title=title.to_owned() up=("/import", "Upload items and stock")>
            {again}
        </PageHead>
        <p class="summary" role="status">
            {import::told(counts, !report.dry_run)}
        </p>
        {table}
    }
}

const COLUMNS: [Column; 5] = [
    Column::plain("", "Block"),
    Column::of(Kind::Lead, "", "Item"),
    Column::of(Kind::Figure, "", "Units"),
    Column::plain("", "Outcome"),
    Column::of(Kind::Words, "", "Why"),
];

fn acted(action: BlockAction, blocks: Vec<(Option<Block>, BlockOutcome)>, back: String) -> impl IntoView {
    let refused = blocks.iter().filter(|(_, outcome)| outcome.problem.is_some()).count();
    let (title, verb) = match action {
        BlockAction::Confirm => ("Confirm blocks", "confirmed"),
        BlockAction::Release => ("Release blocks", "released"),
        BlockAction::Extend => ("Extend blocks", "extended"),
    };
    let told = format!("{} {verb}, {refused} refused.", blocks.len() - refused);
    let row = |(block, outcome): (Option<Block>, BlockOutcome)| {
        let (label, tone) = match action {
            _ if outcome.problem.is_some() => ("Refused", Tone::Bad),
            BlockAction::Confirm => ("Permanent", Tone::Good),
            BlockAction::Release => ("Released", Tone::Quiet),
            BlockAction::Extend => ("Extended", Tone::Held),
        };
        let why = match (outcome.problem, outcome.expires_at) {
            (Some(problem), _) => format!("{}. {}", problem.title, problem.detail),
            (None, Some(until)) => format!("holds until {}", exact(until)),
            (None, None) => String::new(),
        };
        let (item, held) = match block {
            Some(block) => {
                let item = Cell::lead(block.item_name, href::item(block.item_id));
                (item, Cell::figure(block.quantity))
            }
            None => (Cell::lead("—".to_owned(), String::new()), Cell::None),
        };
        let badge = Cell::Badge { label, tone, note: String::new() };
        let cells = vec![Cell::Quiet(outcome.block_id.to_string()), item, held, badge, Cell::Text(why)];
        Row { id: outcome.block_id, cells }
    };
    let rows = Signal::stored(blocks.into_iter().map(row).collect::<Vec<_>>());
    view! {
        <PageHead title=title.to_owned()>
            <a class="button" href=back>
                "Back to the blocks"
            </a>
        </PageHead>
        <p class="summary" role="status">
            {told}
        </p>
        <Table name="outcomes" caption="What became of each block" columns=&COLUMNS rows />
    }
}
