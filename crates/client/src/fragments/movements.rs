//! An item's movements.

use super::ListPart;
use api::Problem;
use api::rpc_protocol::ReadCall;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
pub use html::{history_since, reason_text};

/// Returns a page of an item's movements, newest first, each with the units before and after it.
#[server(prefix = "/rpc", endpoint = "item_movements", protocol = ReadCall)]
pub async fn item_movements(id: i64, after: Option<String>) -> Result<ListPart, Problem> {
    api::rpc::item_movements(id, Some(html::PAGE_SIZE), after).await.map(html::part)
}

#[cfg(feature = "ssr")]
mod html {
    use crate::components::cell::{Cell, Row};
    use crate::components::table::{Column, ColumnKind};
    use crate::components::time::format_exact;
    use crate::fragments::ListPart;
    use crate::fragments::parts::table;
    use crate::texts;
    use api::{LedgerPage, Movement};
    use leptos::prelude::*;

    pub(super) const PAGE_SIZE: i64 = 20;

    const COLUMNS: [Column; 6] = [
        Column::text("", texts::time),
        Column::of(ColumnKind::Figure, "", texts::change),
        Column::text("warehouse", texts::warehouse),
        Column::of(ColumnKind::Figure, "level", texts::level).minor(),
        Column::text("", texts::reason),
        Column::text("actor", texts::actor).minor(),
    ];

    pub(super) fn part(page: LedgerPage<Movement>) -> ListPart {
        let rows = page.items.into_iter().map(row).collect();
        let table = table("movements", texts::movements_caption(), &COLUMNS, rows);
        let html = [table.to_html(), history_since(page.history_since).to_html()].concat();
        ListPart { html, next: page.next }
    }

    /// Returns the line that says where the ledger begins, if earlier movements are archived.
    pub fn history_since(since: Option<api::Time>) -> impl IntoView + use<> {
        since.map(|since| view! { <p class="muted">{texts::history_since(&format_exact(since))}</p> })
    }

    /// Returns the text of a reason of the ledger.
    pub fn reason_text(reason: &str) -> &'static str {
        match reason {
            "received" => texts::reason_received(),
            "written_off" => texts::reason_written_off(),
            "moved" => texts::reason_moved(),
            "blocked" => texts::reason_blocked(),
            "released" => texts::reason_released(),
            "expired" => texts::reason_expired(),
            "confirmed" => texts::reason_confirmed(),
            "allocated" => texts::reason_allocated(),
            "cancelled" => texts::reason_cancelled(),
            "hold_converted" => texts::reason_hold_converted(),
            "sale_converted" => texts::reason_sale_converted(),
            "shipped" => texts::reason_shipped(),
            "returned" => texts::reason_returned(),
            "set_aside" => texts::reason_set_aside(),
            "restored" => texts::reason_restored(),
            "disposed" => texts::reason_disposed(),
            "reclassified" => texts::reason_reclassified(),
            _ => texts::reason_corrected(),
        }
    }

    fn row(movement: Movement) -> Row {
        let reason = reason_text(&movement.reason);
        let text = match movement.block_id {
            Some(block) => texts::reason_of_block(reason, &block.to_string()),
            None => reason.to_owned(),
        };
        let level = match movement.before.zip(movement.after) {
            Some((before, after)) => Cell::Levels(before, after),
            None => Cell::None,
        };
        let cells = vec![
            Cell::RelativeTime(movement.created_at),
            Cell::Change(movement.change.into()),
            Cell::Text(movement.warehouse_code),
            level,
            Cell::Reason { text, order: movement.order_id, note: movement.note.unwrap_or_default() },
            Cell::Quiet(movement.actor),
        ];
        Row { id: movement.id, cells }
    }
}
