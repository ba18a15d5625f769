//! The activity within a span: the morning's numbers, and the work that waits.

use crate::{Context, Engine, Result};
use domain::{
    ActivitySpan, ActivityUnits, ActorEvents, ActorMovements, ArchiveKind, LedgerQuery, MovementKind,
    NamedMovement, Permission, ReconcileRun, Refused, RefusedItem, RunningOut, SoldHour, SpanChoice, Time,
    WaitingOrder, WarehouseId, sum_actors, sum_hours,
};
use std::time::Duration;

/// The most items that run out in an activity.
const RUNNING_OUT_MAX: i64 = 10;

/// The time for which the items of all warehouses that run out are cached. A week of movements is read for them.
const PACE_CACHED: Duration = Duration::from_secs(60);

/// The most waiting orders in an activity.
const WAITING_MAX: i64 = 10;

/// The most receipts in an activity.
const RECEIPTS_MAX: i64 = 5;

/// The most principals in an activity.
const ACTORS_MAX: u16 = 10;

/// The most items with refused units in an activity.
const REFUSED_ITEMS_MAX: i64 = 10;

/// The most items in the list of refused units.
pub(crate) const REFUSED_LIST_MAX: i64 = 500;

/// The activity within a span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityReport {
    /// The span.
    pub span: ActivitySpan,
    /// The units that moved.
    pub units: ActivityUnits,
    /// The hours in which units were sold, by ascending time.
    pub sold: Vec<SoldHour>,
    /// All refused requests; `None` for the activity of one warehouse, because a refused request belongs to none.
    pub refused: Option<Refused>,
    /// The items with the most refused units, most first.
    pub refused_items: Vec<RefusedItem>,
    /// The items that run out first; without a warehouse up to a minute old.
    pub running_out: Vec<RunningOut>,
    /// Items with at most as many available units as their threshold of low stock.
    pub items_low: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// The first orders of the queue.
    pub waiting: Vec<WaitingOrder>,
    /// The orders in the queue; at most [`store::WAITING_COUNTED_MAX`] are counted.
    pub orders_waiting: i64,
    /// The last receipts of the span, latest first, among the last 50,000 movements of the span.
    pub receipts: Vec<NamedMovement>,
    /// The principals with the most units of movements.
    pub movers: Vec<ActorMovements>,
    /// The principals with the most events of the audit log; empty unless the caller may read the log.
    pub actors: Vec<ActorEvents>,
    /// The last run of `stockhold reconcile`.
    pub reconcile: Option<ReconcileRun>,
    /// The time up to which movements are archived, if the span begins before it.
    pub history_since: Option<Time>,
}

impl Engine {
    /// Returns the activity within a span, in one warehouse or in all. Counts of refused units are up to a few seconds old.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a span that is empty or too long, [`domain::Error::WarehouseNotFound`].
    pub async fn activity(
        &self,
        context: &Context,
        choice: SpanChoice,
        warehouse: Option<WarehouseId>,
    ) -> Result<ActivityReport> {
        let store = self.store();
        let now = store.now().await?;
        let span = choice.span(now)?;
        if let Some(warehouse) = warehouse {
            self.warehouse_get(context, warehouse).await?;
        }
        let kind = Some(MovementKind::Received);
        let receipts = LedgerQuery {
            item: None,
            warehouse,
            kind,
            actor: None,
            span: Some(span),
            limit: RECEIPTS_MAX,
            after: None,
        };
        let running_out = async {
            match warehouse {
                Some(_) => Ok(store.running_out(now, warehouse, RUNNING_OUT_MAX).await?),
                None => {
                    let read = async { Ok(store.running_out(now, None, RUNNING_OUT_MAX).await?) };
                    self.shared.running_out.get_for(PACE_CACHED, read).await
                }
            }
        };
        let actors = async {
            match context.permissions.contains(Permission::ManageAccess) {
                true => store.actor_events(span, ACTORS_MAX.into()).await,
                false => Ok(Vec::new()),
            }
        };
        let hours = async {
            match warehouse {
                Some(_) => Ok(store.hourly_activity(span, warehouse).await?),
                None => self.shared.hours.read(store, span, now).await,
            }
        };
        let stored = async {
            Ok::<_, crate::Error>(tokio::try_join!(
                store.refused_list(span, REFUSED_ITEMS_MAX),
                store.waiting_orders(None, WAITING_MAX),
                store.ledger_list(&receipts),
                actors,
                store.reconcile_last(),
                store.archive_position(ArchiveKind::Movements),
            )?)
        };
        let (stored, hours, running_out, totals) =
            tokio::try_join!(stored, hours, running_out, self.shared.sums.now())?;
        let ((refused, refused_items), (waiting, orders_waiting), receipts, actors, reconcile, archived) =
            stored;
        let (units, sold) = sum_hours(&hours);
        Ok(ActivityReport {
            span,
            units,
            sold,
            refused: warehouse.is_none().then_some(refused),
            refused_items: if warehouse.is_none() { refused_items } else { Vec::new() },
            running_out,
            items_low: totals.categories.values().map(|category| category.items_low).sum(),
            items_sold_out: totals.categories.values().map(|category| category.items_sold_out).sum(),
            waiting,
            orders_waiting,
            receipts: receipts.rows,
            movers: sum_actors(&hours, ACTORS_MAX.into()),
            actors,
            reconcile,
            history_since: archived.until.filter(|until| *until > span.from),
        })
    }

    /// Returns the refused requests within a span by item, at most 500 items, most units first, and their sums over all items.
    /// The span begins with the hour of its start.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a span that is empty or too long.
    pub async fn refused_list(
        &self,
        _context: &Context,
        choice: SpanChoice,
    ) -> Result<(ActivitySpan, Refused, Vec<RefusedItem>)> {
        let span = choice.span(self.store().now().await?)?;
        let (all, items) = self.store().refused_list(span, REFUSED_LIST_MAX).await?;
        Ok((span, all, items))
    }
}
