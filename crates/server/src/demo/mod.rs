//! The demo: a shop with eight weeks of history. A seed determines it; its times end at the time of the load.

pub(crate) mod live;
mod plan;
mod products;
mod rhythm;
mod simulation;

use anyhow::Result;
use domain::{ItemQuery, ItemSort, OrderStatus};
use engine::{Context, Engine};
use std::fmt;
use store::History;

/// The seed of the demo, unless another one is given.
pub(crate) const SEED_DEFAULT: u64 = 7;

/// The number of loaded rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    items: usize,
    warehouses: usize,
    movements: usize,
    orders: usize,
    waiting: usize,
    held: usize,
}

impl Loaded {
    fn of(history: &History) -> Self {
        let waits = |status| [OrderStatus::Pending, OrderStatus::Partial].contains(&status);
        Self {
            items: history.items.len(),
            warehouses: history.warehouses.len(),
            movements: history.movements.len(),
            orders: history.orders.len(),
            waiting: history.orders.iter().filter(|order| waits(order.summary.status)).count(),
            held: history.blocks.values().filter(|block| block.expires_at.is_some()).count(),
        }
    }
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { items, warehouses, movements, orders, waiting, held } = self;
        write!(
            f,
            "{items} items in {warehouses} warehouses, eight weeks with {movements} movements and {orders} orders; \
             {held} blocks are held, {waiting} orders wait."
        )
    }
}

/// Loads the demo data if there is no item yet. Returns `None` if there are items. The same seed makes the same shop; only
/// its times differ.
///
/// # Errors
/// The database fails, or a row of the demo data is refused.
pub async fn load(engine: &Engine, seed: u64) -> Result<Option<Loaded>> {
    if has_items(engine).await? {
        return Ok(None);
    }
    let now = engine.time().await?;
    // Takes about a second without optimization.
    let history = tokio::task::spawn_blocking(move || simulation::history(seed, now)).await??;
    let is_loaded = engine.history_load(&history).await?;
    Ok(is_loaded.then(|| Loaded::of(&history)))
}

async fn has_items(engine: &Engine) -> Result<bool> {
    let query = ItemQuery::new(None, None, ItemSort::Id, Some(1), None)?;
    let context = Context::new("demo", "demo");
    Ok(!engine.item_list(&context, query).await?.rows.is_empty())
}

/// Returns the products of the demo shop.
///
/// # Errors
/// The built-in list is invalid.
pub(crate) fn kinds() -> Result<Vec<products::Product>> {
    products::read()
}
