//! The demo data: a realistic shop, the same in each load. It is loaded through the engine.

mod products;
mod stock_plan;

use anyhow::{Result, anyhow, ensure};
use domain::{
    Barcodes, Item, ItemId, ItemQuery, ItemSort, NewItem, NewOrder, NewWarehouse, Note, OrderId, PlaceBlock,
    Quantity, Reference, StockAdjustment, Ttl, Units, WarehouseCode, WarehouseId, WarehouseName,
};
use engine::{Context, Engine, Response};
use futures::{StreamExt as _, TryStreamExt as _};
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt;
use stock_plan::{BLOCKS, BlockLength, ORDERS, Stocked, WAREHOUSES};

/// Concurrent requests. The engine batches them.
const REQUESTS_AT_ONCE: usize = 64;

/// The actor in the ledger.
const ACTOR: &str = "demo";

/// The number of loaded rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    items: usize,
    warehouses: usize,
    blocks: usize,
    orders: usize,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { items, warehouses, blocks, orders } = self;
        write!(f, "{items} items in {warehouses} warehouses, {blocks} blocks, {orders} orders.")
    }
}

/// Loads the demo data if there is no item yet. Returns `None` if there are items.
///
/// # Errors
/// The engine rejects a request, or the database fails.
pub async fn load(engine: &Engine) -> Result<Option<Loaded>> {
    let loader = Loader { engine, context: Context::new(ACTOR, "demo"), bar: ProgressBar::hidden() };
    if loader.has_items().await? {
        return Ok(None);
    }
    loader.load().await.map(Some)
}

/// Returns the products of the demo shop.
///
/// # Errors
/// The built-in list is invalid.
pub(crate) fn kinds() -> Result<Vec<products::Product>> {
    products::read()
}

struct Loader<'a> {
    engine: &'a Engine,
    context: Context,
    bar: ProgressBar,
}

impl Loader<'_> {
    async fn has_items(&self) -> Result<bool> {
        let query = ItemQuery::new(None, None, ItemSort::Id, Some(1), None)?;
        Ok(!self.engine.item_list(&self.context, query).await?.rows.is_empty())
    }

    async fn load(mut self) -> Result<Loaded> {
        let stocked = stock_plan::stocked(&products::read()?);
        self.bar = progress_bar(stocked.len() + BLOCKS.len() + ORDERS.len());
        let warehouses = self.warehouses().await?;
        let items = self.items(&stocked, &warehouses).await?;
        self.blocks(&stocked, &items, &warehouses).await?;
        self.orders(&stocked, &items, &warehouses).await?;
        self.bar.finish_and_clear();
        Ok(Loaded {
            items: items.len(),
            warehouses: warehouses.len(),
            blocks: BLOCKS.len(),
            orders: ORDERS.len(),
        })
    }

    /// Returns the warehouses in the order of [`WAREHOUSES`]. Missing ones are created.
    async fn warehouses(&self) -> Result<Vec<WarehouseId>> {
        let known = self.engine.warehouse_list(&self.context).await?;
        let mut ids = Vec::with_capacity(WAREHOUSES.len());
        for (code, name) in WAREHOUSES {
            let id = match known.iter().find(|warehouse| warehouse.code == code) {
                Some(warehouse) => warehouse.id,
                None => {
                    let new =
                        NewWarehouse { code: WarehouseCode::new(code)?, name: WarehouseName::new(name)? };
                    output(self.engine.warehouse_create(&self.context, new).await)?.id
                }
            };
            ids.push(id);
        }
        Ok(ids)
    }

    /// Creates the items, in the order of `stocked`.
    async fn items(&self, stocked: &[Stocked], warehouses: &[WarehouseId]) -> Result<Vec<ItemId>> {
        let created = stocked.iter().map(|stocked| self.item(stocked, warehouses));
        futures::stream::iter(created).buffered(REQUESTS_AT_ONCE).try_collect().await
    }

    async fn item(&self, stocked: &Stocked, warehouses: &[WarehouseId]) -> Result<ItemId> {
        let first = NewItem {
            name: stocked.product.name.clone(),
            quantity: Units::new(stocked.levels[0])?,
            price: stocked.product.price,
            description: Some(stocked.product.description.clone()),
            category: Some(stocked.product.category.clone()),
            warehouse: warehouses.first().copied(),
            sku: None,
            barcodes: Barcodes::default(),
            low_stock: None,
        };
        let Item { id, .. } = output(self.engine.item_create(&self.context, first).await)?;
        for (units, warehouse) in stocked.levels.iter().zip(warehouses).skip(1) {
            if *units > 0 {
                let delivery =
                    StockAdjustment::new(id, Some(*warehouse), *units, Note::new("First delivery")?)?;
                self.engine.stock_adjust(&self.context, delivery).await?;
            }
        }
        self.bar.inc(1);
        Ok(id)
    }

    async fn blocks(&self, stocked: &[Stocked], items: &[ItemId], warehouses: &[WarehouseId]) -> Result<()> {
        let well_stocked = stock_plan::well_stocked(stocked);
        for (index, (units, length)) in BLOCKS.iter().enumerate() {
            let item = stock_plan::pick(&well_stocked, index, BLOCKS.len())?;
            let ttl = match length {
                BlockLength::Seconds(seconds) => Ttl::new(*seconds)?,
                BlockLength::Permanent => Ttl::default(),
            };
            let warehouse = warehouses.first().copied();
            let block = PlaceBlock { item: items[item], quantity: Quantity::new(*units)?, warehouse, ttl };
            let placed = output(self.engine.block_place(&self.context, block).await)?;
            if *length == BlockLength::Permanent {
                self.engine.block_confirm(&self.context, placed.id, None).await?;
            }
            self.bar.inc(1);
        }
        Ok(())
    }

    async fn orders(&self, stocked: &[Stocked], items: &[ItemId], warehouses: &[WarehouseId]) -> Result<()> {
        for planned in &ORDERS {
            let lines = stock_plan::lines(planned, stocked)?;
            let lines = lines.iter().map(|(item, units)| Ok((items[*item], Quantity::new(*units)?)));
            let lines = lines.collect::<Result<Vec<_>>>()?;
            let order = NewOrder::new(Some(Reference::new(planned.reference)?), lines)?;
            let id = output(self.engine.order_create(&self.context, order).await)?.id;
            self.order_end(planned.end, id, warehouses).await?;
            self.bar.inc(1);
        }
        Ok(())
    }

    async fn order_end(
        &self,
        end: stock_plan::OrderEnd,
        id: OrderId,
        warehouses: &[WarehouseId],
    ) -> Result<()> {
        match end {
            stock_plan::OrderEnd::Pending => {}
            stock_plan::OrderEnd::Allocated => {
                let allocated = output(self.engine.order_allocate(&self.context, id, warehouses[0]).await)?;
                ensure!(allocated.shortages.is_empty(), "the demo's order {id} could not be allocated");
            }
            stock_plan::OrderEnd::Cancelled => {
                self.engine.order_cancel(&self.context, id).await?;
            }
        }
        Ok(())
    }
}

fn progress_bar(steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(steps.try_into().unwrap_or(u64::MAX));
    // The template is a valid constant. If it were not, the default style would do.
    if let Ok(style) = ProgressStyle::with_template("Loading the demo data {bar:40} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}

/// Returns the output of a command. The demo sends no idempotency keys, so no response is a stored one.
fn output<T>(response: engine::Result<Response<T>>) -> Result<T> {
    response?
        .fresh()
        .ok_or_else(|| anyhow!("the response to a command without an idempotency key was stored"))
}
