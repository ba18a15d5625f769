//! Between the wire and the domain: what the console asks beside the plain nouns.

use crate::*;
use domain::Quantity;

impl From<domain::ItemStock> for ChangedItem {
    fn from(item: domain::ItemStock) -> Self {
        let level = |(warehouse, available): (domain::WarehouseId, i32)| WarehouseUnits {
            warehouse_id: warehouse.0,
            available,
        };
        Self {
            item_id: item.id.0,
            item_name: item.name,
            category: item.category,
            quantity: item.quantity,
            levels: item.levels.into_iter().map(level).collect(),
        }
    }
}

impl From<engine::Topic> for Touched {
    fn from(topic: engine::Topic) -> Self {
        match topic {
            engine::Topic::Items => Self::Items,
            engine::Topic::Blocks => Self::Blocks,
            engine::Topic::Orders => Self::Orders,
            engine::Topic::Warehouses => Self::Warehouses,
            engine::Topic::Stock => Self::Stock,
        }
    }
}

impl From<&engine::ChangePage> for Changes {
    fn from(page: &engine::ChangePage) -> Self {
        let engine::ChangePage { cursor, skipped, topics, events, items, lag_seconds } = page;
        Self {
            cursor: cursor.to_string(),
            skipped: *skipped,
            touched: topics.iter().copied().map(Touched::from).collect(),
            events: events.iter().cloned().map(Movement::from).collect(),
            items: items.iter().cloned().map(ChangedItem::from).collect(),
            lag_seconds: *lag_seconds,
        }
    }
}

impl MoveStock {
    /// The move of this item.
    ///
    /// # Errors
    /// A `quantity` out of range, an empty or over-long `reason`, a warehouse that is moved to itself.
    pub fn for_item(self, item: i64) -> Result<domain::StockMove, domain::Error> {
        let [from, to] = [self.from_warehouse_id, self.to_warehouse_id].map(domain::WarehouseId);
        let (quantity, note) = (Quantity::new(self.quantity)?, domain::Note::new(&self.reason)?);
        domain::StockMove::new(domain::ItemId(item), from, to, quantity, note)
    }
}

impl From<domain::StockMoved> for StockMoved {
    fn from(moved: domain::StockMoved) -> Self {
        Self {
            item_id: moved.item.0,
            from_warehouse_id: moved.from.0,
            to_warehouse_id: moved.to.0,
            quantity: moved.quantity,
            from_available: moved.from_available,
            to_available: moved.to_available,
        }
    }
}

impl From<domain::OrderPreview> for OrderPreview {
    fn from(preview: domain::OrderPreview) -> Self {
        Self {
            order_id: preview.order.0,
            lines: preview.lines.into_iter().map(OrderLine::from).collect(),
            warehouses: preview.warehouses.into_iter().map(WarehousePreview::from).collect(),
        }
    }
}

impl From<domain::WarehousePreview> for WarehousePreview {
    fn from(preview: domain::WarehousePreview) -> Self {
        let short = |short: &domain::Shortage| i64::from(short.requested) - i64::from(short.available);
        Self {
            warehouse_id: preview.warehouse.0,
            warehouse_code: preview.code,
            warehouse_name: preview.name,
            fills: preview.shortages.is_empty(),
            lines_short: i64::try_from(preview.shortages.len()).unwrap_or(i64::MAX),
            units_short: preview.shortages.iter().map(short).sum(),
            lines: preview.lines.into_iter().map(PreviewLine::from).collect(),
        }
    }
}

impl From<domain::PreviewLine> for PreviewLine {
    fn from(line: domain::PreviewLine) -> Self {
        Self {
            item_id: line.item.0,
            requested: line.requested,
            available: line.available,
            missing: (line.requested - line.available).max(0),
        }
    }
}

impl From<domain::ItemHistory> for ItemHistory {
    fn from(history: domain::ItemHistory) -> Self {
        let point = |(at, quantity)| HistoryPoint { at, quantity };
        Self {
            item_id: history.item.0,
            since: history.since,
            until: history.until,
            points: history.points.into_iter().map(point).collect(),
        }
    }
}

impl From<domain::EndedBlock> for EndedBlock {
    fn from(block: domain::EndedBlock) -> Self {
        let end = match block.reason {
            domain::MovementReason::Confirmed => BlockEnd::Confirmed,
            domain::MovementReason::Expired => BlockEnd::Expired,
            _ => BlockEnd::Released,
        };
        Self {
            id: block.movement_id,
            block_id: block.id.0,
            item_id: block.item.0,
            item_name: block.item_name,
            warehouse_id: block.warehouse.0,
            warehouse_code: block.warehouse_code,
            quantity: block.quantity,
            end,
            ended_at: block.ended_at,
            actor: block.actor,
        }
    }
}

impl TryFrom<ActOnBlocks> for domain::BulkBlockAction {
    type Error = domain::Error;

    fn try_from(act: ActOnBlocks) -> Result<Self, domain::Error> {
        let ttl = act.ttl_seconds.map(domain::Ttl::new).transpose()?;
        let action = match (act.action, ttl) {
            (BlockAction::Extend, ttl) => domain::BlockAction::Extend(ttl.unwrap_or_default()),
            (_, Some(_)) => return Err(domain::Error::invalid("ttlSeconds", "is for `extend` alone")),
            (BlockAction::Confirm, None) => domain::BlockAction::Confirm,
            (BlockAction::Release, None) => domain::BlockAction::Release,
        };
        Self::new(action, act.block_ids.into_iter().map(domain::BlockId).collect())
    }
}

impl From<engine::BlockOutcome> for BlockOutcome {
    fn from((block, done): engine::BlockOutcome) -> Self {
        // What only a block that was extended has, be it told under a key.
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Extended {
            expires_at: Option<Time>,
        }
        let (problem, expires_at) = match done {
            Ok(expires_at) => (None, expires_at),
            Err(engine::Error::Answered(reply)) if reply.status < 400 => {
                let extended = serde_json::from_slice::<Extended>(&reply.body);
                (None, extended.ok().and_then(|extended| extended.expires_at))
            }
            Err(error) => (Some(problem_from(error)), None),
        };
        Self { block_id: block.0, problem, expires_at }
    }
}

impl RenameCategory {
    /// The new name of this category.
    ///
    /// # Errors
    /// A name that is empty or too long.
    pub fn of_category(
        &self,
        category: &str,
    ) -> Result<(domain::CategoryName, domain::CategoryName), domain::Error> {
        let to = domain::CategoryName::new(&self.to).map_err(|error| match error {
            domain::Error::Invalid { reason, .. } => domain::Error::Invalid { field: "to", reason },
            other => other,
        })?;
        Ok((domain::CategoryName::for_lookup(category)?, to))
    }
}

impl From<engine::CategoryRenamed> for CategoryRenamed {
    fn from(renamed: engine::CategoryRenamed) -> Self {
        Self {
            from: renamed.from.to_string(),
            to: renamed.to.to_string(),
            dry_run: renamed.dry_run,
            items: renamed.items,
            items_already: renamed.items_already,
        }
    }
}
