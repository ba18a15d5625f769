//! Conversions of blocks and carts.

use crate::*;
use domain::{Quantity, Ttl};
use engine::{KeysById, Response, WithKeys};
use std::sync::Arc;

impl From<BlockState> for domain::BlockState {
    fn from(state: BlockState) -> Self {
        match state {
            BlockState::Temporary => Self::Temporary,
            BlockState::Permanent => Self::Permanent,
            BlockState::Expired => Self::Expired,
            BlockState::Released => Self::Released,
            BlockState::Converted => Self::Converted,
        }
    }
}

impl From<domain::BlockState> for BlockState {
    fn from(state: domain::BlockState) -> Self {
        match state {
            domain::BlockState::Temporary => Self::Temporary,
            domain::BlockState::Permanent => Self::Permanent,
            domain::BlockState::Expired => Self::Expired,
            domain::BlockState::Released => Self::Released,
            domain::BlockState::Converted => Self::Converted,
        }
    }
}

impl From<domain::Block> for Block {
    fn from(block: domain::Block) -> Self {
        Self {
            id: block.id.0,
            item_id: block.item.0,
            item_name: block.item_name,
            sku: block.sku,
            warehouse_id: block.warehouse.0,
            warehouse_code: block.warehouse_code,
            quantity: block.quantity,
            state: block.state.into(),
            is_permanent: block.state == domain::BlockState::Permanent,
            is_shipped: block.is_shipped,
            created_at: block.created_at,
            expires_at: block.expires_at,
            reference: block.reference,
            note: block.note,
            cart_id: block.cart.map(|cart| cart.0),
        }
    }
}

impl PlaceBlock {
    /// Returns the domain's request, for a person whose time zone is `seconds_ahead` of UTC at a time.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`].
    pub(crate) fn for_person(
        self,
        now: Time,
        seconds_ahead: impl Fn(Time) -> i64,
    ) -> Result<domain::PlaceHold, domain::Error> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (reference, note) = (given(&self.reference), given(&self.note));
        Ok(domain::PlaceHold {
            block: domain::PlaceBlock {
                item: domain::ItemId(self.item_id),
                quantity: Quantity::new(self.quantity)?,
                warehouse: self.warehouse_id.map(domain::WarehouseId),
                ttl: self.ttl(now, seconds_ahead)?,
            },
            reference: reference.map(|text| domain::Reference::new(&text)).transpose()?,
            note: note.map(|text| domain::HoldNote::new(&text)).transpose()?,
        })
    }

    /// Returns the time to live of the chosen period.
    fn ttl(&self, now: Time, seconds_ahead: impl Fn(Time) -> i64) -> Result<Ttl, domain::Error> {
        let number = |field, text: &str| {
            text.trim().parse().map_err(|_| domain::Error::invalid(field, "must be a whole number"))
        };
        match self.period.as_str() {
            "" => Ok(self.ttl_seconds.map(Ttl::new).transpose()?.unwrap_or_default()),
            PERIOD_OTHER => Ttl::of_unit(number("duration", &self.duration)?, &self.unit),
            PERIOD_UNTIL => Ttl::until(domain::local_moment("until", &self.until, seconds_ahead)?, now),
            seconds => Ttl::new(number("period", seconds)?),
        }
    }
}

impl TryFrom<ExtendBlock> for Ttl {
    type Error = domain::Error;

    fn try_from(extension: ExtendBlock) -> Result<Self, domain::Error> {
        Self::new(extension.ttl_seconds)
    }
}

impl From<WithKeys<domain::BlockPlaced>> for BlockPlaced {
    fn from(placed: WithKeys<domain::BlockPlaced>) -> Self {
        Self {
            block_id: placed.id.0,
            item_id: placed.key.item.0,
            sku: placed.sku(placed.key.item),
            warehouse_id: placed.key.warehouse.0,
            warehouse_code: placed.code(placed.key.warehouse),
            quantity_blocked: placed.quantity,
            remaining_quantity: placed.remaining,
            expires_at: placed.expires_at,
        }
    }
}

impl From<WithKeys<domain::HeldBlock>> for BlockConfirmed {
    fn from(block: WithKeys<domain::HeldBlock>) -> Self {
        Self {
            message: "The block is permanent: its units are sold.".to_owned(),
            block_id: block.id.0,
            quantity: block.quantity,
            item_id: block.key.item.0,
            sku: block.sku(block.key.item),
            rest_block_id: None,
        }
    }
}

impl From<WithKeys<domain::PartConfirmed>> for BlockConfirmed {
    fn from(WithKeys { output: sold, keys }: WithKeys<domain::PartConfirmed>) -> Self {
        let rest_block_id = sold.rest.map(|rest| rest.id.0);
        Self { rest_block_id, ..WithKeys { output: sold.block, keys }.into() }
    }
}

impl From<WithKeys<domain::BlockReleased>> for BlockReleased {
    fn from(released: WithKeys<domain::BlockReleased>) -> Self {
        Self {
            message: "The block was released: its units are available again.".to_owned(),
            block_id: released.id.0,
            item_id: released.key.item.0,
            sku: released.sku(released.key.item),
            warehouse_id: released.key.warehouse.0,
            warehouse_code: released.code(released.key.warehouse),
            quantity: released.quantity,
            remaining_quantity: released.remaining,
        }
    }
}

impl From<WithKeys<domain::BlockExtended>> for BlockExtended {
    fn from(extended: WithKeys<domain::BlockExtended>) -> Self {
        Self {
            block_id: extended.id.0,
            item_id: extended.item.0,
            sku: extended.sku(extended.item),
            expires_at: extended.expires_at,
        }
    }
}

impl From<engine::CleanUp> for ExpiredBlocksRemoved {
    fn from(done: engine::CleanUp) -> Self {
        let removed = i64::try_from(done.blocks).unwrap_or(i64::MAX);
        let message = match removed {
            0 => "No block had expired.".to_owned(),
            1 => "1 expired block was removed.".to_owned(),
            more => format!("{more} expired blocks were removed."),
        };
        Self { message, expired_blocks_removed: removed, timestamp: done.at }
    }
}

impl From<WithKeys<domain::CartPlaced>> for CartPlaced {
    fn from(WithKeys { output: placed, keys }: WithKeys<domain::CartPlaced>) -> Self {
        Self { cart_id: placed.id.0, blocks: with_keys(placed.blocks, &keys), expires_at: placed.expires_at }
    }
}

impl From<WithKeys<domain::CartConfirmed>> for CartConfirmed {
    fn from(WithKeys { output: cart, keys }: WithKeys<domain::CartConfirmed>) -> Self {
        Self { cart_id: cart.id.0, blocks: with_keys(cart.blocks, &keys), retaken: cart.is_retaken }
    }
}

impl From<WithKeys<(domain::CartId, Vec<domain::BlockReleased>)>> for CartReleased {
    fn from(
        WithKeys { output: (cart, blocks), keys }: WithKeys<(domain::CartId, Vec<domain::BlockReleased>)>,
    ) -> Self {
        Self { cart_id: cart.0, blocks: with_keys(blocks, &keys) }
    }
}

impl From<WithKeys<(domain::CartId, Vec<domain::BlockExtended>)>> for CartExtended {
    fn from(
        WithKeys { output: (cart, blocks), keys }: WithKeys<(domain::CartId, Vec<domain::BlockExtended>)>,
    ) -> Self {
        Self { cart_id: cart.0, blocks: with_keys(blocks, &keys) }
    }
}

impl From<domain::CartState> for CartState {
    fn from(state: domain::CartState) -> Self {
        match state {
            domain::CartState::Active => Self::Active,
            domain::CartState::Confirmed => Self::Confirmed,
            domain::CartState::Released => Self::Released,
            domain::CartState::Expired => Self::Expired,
            domain::CartState::Converted => Self::Converted,
        }
    }
}

impl From<WithKeys<domain::Cart>> for Cart {
    fn from(WithKeys { output: cart, keys }: WithKeys<domain::Cart>) -> Self {
        Self {
            cart_id: cart.id.0,
            state: cart.state.into(),
            version: cart.version,
            reference: cart.reference.map(|reference| reference.to_string()),
            note: cart.note.map(|note| note.to_string()),
            created_at: cart.created_at,
            expires_at: cart.expires_at,
            order_id: cart.order.map(|order| order.0),
            payment: cart.payment.map(Into::into),
            lines: with_keys(cart.lines, &keys),
        }
    }
}

impl From<domain::CartPayment> for CartPayment {
    fn from(payment: domain::CartPayment) -> Self {
        let domain::CartPayment { reference, until, retaken_at, .. } = payment;
        Self { payment_reference: reference.to_string(), until, retaken_at }
    }
}

impl From<WithKeys<domain::CartHolding>> for CartHolding {
    fn from(line: WithKeys<domain::CartHolding>) -> Self {
        Self {
            block_id: line.block.0,
            item_id: line.key.item.0,
            sku: line.sku(line.key.item),
            warehouse_id: line.key.warehouse.0,
            warehouse_code: line.code(line.key.warehouse),
            quantity: line.quantity,
        }
    }
}

/// Converts the blocks of a cart, whose keys are in `keys`.
fn with_keys<T, W: From<WithKeys<T>>>(blocks: Vec<T>, keys: &Arc<KeysById>) -> Vec<W> {
    WithKeys::each(blocks, keys).map(W::from).collect()
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
            sku: block.sku,
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

    fn try_from(request: ActOnBlocks) -> Result<Self, domain::Error> {
        let ttl = request.ttl_seconds.map(domain::Ttl::new).transpose()?;
        let action = match (request.action, ttl) {
            (BlockAction::Extend, ttl) => domain::BlockAction::Extend(ttl.unwrap_or_default()),
            (_, Some(_)) => return Err(domain::Error::invalid("ttlSeconds", "is only for `extend`")),
            (BlockAction::Confirm, None) => domain::BlockAction::Confirm,
            (BlockAction::Release, None) => domain::BlockAction::Release,
        };
        Self::new(action, request.block_ids.into_iter().map(domain::BlockId).collect())
    }
}

impl From<engine::BlockOutcome> for BlockOutcome {
    fn from((block, response): engine::BlockOutcome) -> Self {
        // The field of a stored response that only an extended block has.
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Extended {
            expires_at: Option<Time>,
        }
        let (problem, expires_at) = match response {
            Ok(Response::Fresh(expires_at)) => (None, expires_at),
            Ok(Response::Stored(stored)) if stored.is_success() => {
                let extended = serde_json::from_slice::<Extended>(&stored.body);
                (None, extended.ok().and_then(|extended| extended.expires_at))
            }
            Ok(Response::Stored(stored)) => (Some(stored_problem(&stored)), None),
            Err(error) => (Some(problem_from(error)), None),
        };
        Self { block_id: block.0, problem, expires_at }
    }
}
