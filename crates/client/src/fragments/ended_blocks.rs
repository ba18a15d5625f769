//! The blocks that ended recently.

use super::ListPart;
use api::rpc_protocol::ReadCall;
use api::{BlockFilter, Problem};
use leptos::prelude::*;

/// Returns a page of ended blocks, latest first. The filter applies by item and by warehouse only.
#[server(prefix = "/rpc", endpoint = "ended_blocks", protocol = ReadCall)]
pub async fn ended_blocks(
    #[server(default)] filter: BlockFilter,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<ListPart, Problem> {
    api::rpc::ended_blocks(filter, limit, after).await.map(html::part)
}

#[cfg(feature = "ssr")]
mod html {
    use crate::components::cell::{Cell, Row, Tone};
    use crate::components::empty_state::EmptyState;
    use crate::components::table::{Column, ColumnKind};
    use crate::fragments::ListPart;
    use crate::fragments::parts::table;
    use crate::href;
    use crate::texts;
    use api::{BlockEnd, EndedBlock, Page};
    use leptos::prelude::*;

    const COLUMNS: [Column; 7] = [
        Column::text("", texts::hold).minor(),
        Column::of(ColumnKind::RowHeader, "", texts::item),
        Column::text("", texts::warehouse).minor(),
        Column::of(ColumnKind::Figure, "", texts::units),
        Column::text("", texts::outcome),
        Column::text("", texts::time),
        Column::text("", texts::actor).minor(),
    ];

    pub(super) fn part(page: Page<EndedBlock>) -> ListPart {
        let content = match page.items.is_empty() {
            true => view! {
                <EmptyState title=texts::no_ended_holds()>
                    <p>{texts::no_ended_holds_about()}</p>
                </EmptyState>
            }
            .into_any(),
            false => {
                table("ended", texts::ended_holds(), &COLUMNS, page.items.into_iter().map(row).collect())
            }
        };
        ListPart { html: content.to_html(), next: page.next }
    }

    fn row(block: EndedBlock) -> Row {
        let (label, tone) = match block.end {
            BlockEnd::Confirmed => (texts::confirmed(), Tone::Good),
            BlockEnd::Released => (texts::state_released(), Tone::Quiet),
            BlockEnd::Expired => (texts::expired(), Tone::Held),
        };
        let cells = vec![
            Cell::Quiet(block.block_id.to_string()),
            Cell::row_header(block.item_name, href::item(block.item_id)),
            Cell::Text(block.warehouse_code),
            Cell::figure(block.quantity),
            Cell::Badge { label, tone, note: String::new() },
            Cell::RelativeTime(block.ended_at),
            Cell::Quiet(block.actor),
        ];
        // A block that is confirmed in part ends twice.
        Row { id: block.block_id * 4 + block.end as i64, cells }
    }
}
