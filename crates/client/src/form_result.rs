//! Result pages of forms that were posted without JavaScript, for results that don't fit into a flash message.
//! These pages are not hydrated.

use crate::components::cell::{Cell, Row, Tone};
use crate::components::page_head::PageHead;
use crate::components::table::{Column, ColumnKind, Table};
use crate::components::time::format_exact;
use crate::href;
use crate::problem_texts::localized;
use crate::texts;
use api::{Block, BlockAction, BlockOutcome, Problem};
use leptos::prelude::*;

/// The result of a form. The server puts it into the context of a render, where it replaces the page of the
/// address.
#[derive(Clone)]
pub enum FormResult {
    /// The result of an action on several blocks.
    Blocks {
        /// The action.
        action: BlockAction,
        /// Each block as it was before the action, if it existed, and its outcome.
        blocks: Vec<(Option<Block>, BlockOutcome)>,
        /// The address of the page with the form.
        return_to: String,
    },
}

impl FormResult {
    /// Returns the result from the render's context.
    pub(crate) fn current() -> Option<Self> {
        use_context()
    }

    /// Renders the result page.
    pub(crate) fn view(self) -> AnyView {
        match self {
            Self::Blocks { action, blocks, return_to } => blocks_page(action, blocks, return_to).into_any(),
        }
    }
}

const COLUMNS: [Column; 5] = [
    Column::text("", texts::hold),
    Column::of(ColumnKind::RowHeader, "", texts::item),
    Column::of(ColumnKind::Figure, "", texts::units),
    Column::text("", texts::outcome),
    Column::of(ColumnKind::LongText, "", texts::reason),
];

fn blocks_page(
    action: BlockAction,
    blocks: Vec<(Option<Block>, BlockOutcome)>,
    return_to: String,
) -> impl IntoView {
    let rejected = blocks.iter().filter(|(_, outcome)| outcome.problem.is_some()).count() as i64;
    let done = blocks.len() as i64 - rejected;
    let (title, summary) = match action {
        BlockAction::Confirm => (texts::confirm_holds(), texts::holds_confirmed(done, rejected)),
        BlockAction::Release => (texts::release_holds(), texts::holds_released(done, rejected)),
        BlockAction::Extend => (texts::extend_holds(), texts::holds_extended(done, rejected)),
    };
    let row = |(block, outcome): (Option<Block>, BlockOutcome)| {
        let (label, tone) = match action {
            _ if outcome.problem.is_some() => (texts::rejected(), Tone::Bad),
            BlockAction::Confirm => (texts::sold(), Tone::Good),
            BlockAction::Release => (texts::state_released(), Tone::Quiet),
            BlockAction::Extend => (texts::extended(), Tone::Held),
        };
        let reason = match (outcome.problem, outcome.expires_at) {
            (Some(problem), _) => reason(problem),
            (None, Some(until)) => Cell::Text(texts::held_until(&format_exact(until))),
            (None, None) => Cell::Text(String::new()),
        };
        let (item, held) = match block {
            Some(block) => {
                let item = Cell::row_header(block.item_name, href::item(block.item_id));
                (item, Cell::figure(block.quantity))
            }
            None => (Cell::row_header("—".to_owned(), String::new()), Cell::None),
        };
        let badge = Cell::Badge { label, tone, note: String::new() };
        let cells = vec![Cell::Quiet(outcome.block_id.to_string()), item, held, badge, reason];
        Row { id: outcome.block_id, cells }
    };
    let rows = Signal::stored(blocks.into_iter().map(row).collect::<Vec<_>>());
    view! {
        <PageHead title=title.to_owned()>
            <a class="button" href=return_to>
                {texts::back_to_holds()}
            </a>
        </PageHead>
        <p class="summary" role="status">
            {summary}
        </p>
        <Table name="outcomes" caption=texts::outcome_of_each() columns=&COLUMNS rows />
    }
}

/// Returns the reason of a rejection. If a block belongs to a cart, the reason has a link to the cart.
fn reason(problem: Problem) -> Cell {
    let problem = localized(problem);
    let text = format!("{}. {}", problem.title, problem.detail);
    match problem.cart_id {
        Some(cart) => Cell::Link { text, href: href::cart(cart) },
        None => Cell::Text(text),
    }
}
