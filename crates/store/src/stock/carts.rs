//! Carts: reads for users, and the write of changed carts.

use super::columns::level_key;
use crate::pool::Connection;
use crate::{Error, Result, Store, WriteTransaction};
use domain::{
    BlockId, Cart, CartDetails, CartHolding, CartId, CartQuery, CartState, Page, Reference, StockChanges,
    Time,
};
use std::collections::HashMap;

/// A block of a cart, active or ended.
struct Member {
    holding: CartHolding,
    state: CartState,
    /// The time at which it expires or expired.
    expires_at: Option<Time>,
}

/// A cart with its blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartRecord {
    /// Its id.
    pub id: CartId,
    /// Its blocks in the order of its lines, also those that have ended.
    pub blocks: Vec<BlockId>,
    /// Its details.
    pub details: CartDetails,
}

impl Store {
    /// Returns a cart, also after its end. Cart and blocks are read in one snapshot.
    pub async fn cart_get(&self, id: CartId) -> Result<Option<Cart>> {
        let mut transaction = self.begin_lookup().await?;
        let records = records(&mut transaction, &[id.0]).await?;
        let carts = with_members(&mut transaction, records).await?;
        transaction.rollback().await?;
        Ok(carts.into_iter().next())
    }

    /// Returns a page of the carts with a reference, newest first. Carts that were placed by an earlier version and ended
    /// before the upgrade are left out.
    pub async fn cart_list(&self, query: &CartQuery) -> Result<Page<Cart>> {
        let mut transaction = self.begin_lookup().await?;
        let ids = sqlx::query_scalar!(
            "SELECT id FROM carts WHERE reference = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
            query.reference.as_str(),
            query.after.map(|after| after.0),
            query.limit + 1
        )
        .fetch_all(&mut *transaction)
        .await?;
        let records = records(&mut transaction, &ids).await?;
        let carts = with_members(&mut transaction, records).await?;
        transaction.rollback().await?;
        Ok(Page::cut(carts, query.limit, |cart: &Cart| cart.id.to_string()))
    }
}

/// Reads these carts, newest first. A cart that a server of an earlier version placed has no row in `carts`; it is found by
/// its blocks. Other systems may add blocks to a cart by SQL.
async fn records(connection: &mut Connection, ids: &[i64]) -> Result<Vec<CartRecord>> {
    let rows = sqlx::query!(
        r#"SELECT asked.id AS "id!", coalesce(carts.version, 1) AS "version!",
                  coalesce(carts.reference, present.reference) AS reference,
                  coalesce(carts.created_at, present.created_at, now()) AS "created_at!",
                  coalesce(carts.block_ids, '{}') AS "blocks!", coalesce(present.blocks, '{}') AS "present!"
             FROM unnest($1::bigint[]) AS asked (id)
             LEFT JOIN carts ON carts.id = asked.id
            CROSS JOIN LATERAL (
                SELECT array_agg(id ORDER BY id) AS blocks, min(reference) AS reference, min(created_at) AS created_at
                  FROM block_inventory WHERE cart_id = asked.id AND cart_id IS NOT NULL) AS present
            WHERE carts.id IS NOT NULL OR present.blocks IS NOT NULL
            ORDER BY asked.id DESC"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    let record = rows.into_iter().map(|row| {
        let mut blocks = row.blocks;
        let others: Vec<_> = row.present.into_iter().filter(|id| !blocks.contains(id)).collect();
        blocks.extend(others);
        let reference = row.reference.and_then(|name| Reference::new(&name).ok());
        let details = CartDetails { version: row.version, reference, created_at: row.created_at };
        CartRecord { id: CartId(row.id), blocks: blocks.into_iter().map(BlockId).collect(), details }
    });
    Ok(record.collect())
}

/// Adds the lines to carts, from the blocks that exist and from the ledger. A cart of which nothing is found is left out.
async fn with_members(connection: &mut Connection, records: Vec<CartRecord>) -> Result<Vec<Cart>> {
    let ids: Vec<_> = records.iter().flat_map(|record| record.blocks.iter().map(|id| id.0)).collect();
    let members = members(connection, &ids).await?;
    let cart = |record: CartRecord| {
        let members: Vec<_> = record.blocks.iter().filter_map(|id| members.get(&id.0)).collect();
        let state = CartState::of(members.iter().map(|member| member.state))?;
        // A block whose state differs from that of the cart no longer belongs to the cart.
        let of_state = || members.iter().filter(|member| member.state == state);
        Some(Cart {
            id: record.id,
            state,
            version: record.details.version,
            reference: record.details.reference,
            created_at: record.details.created_at,
            expires_at: of_state().filter_map(|member| member.expires_at).min(),
            lines: match state {
                // Its blocks may be reclaimed one after the other.
                CartState::Expired => members.iter().map(|member| member.holding).collect(),
                _ => of_state().map(|member| member.holding).collect(),
            },
        })
    };
    Ok(records.into_iter().filter_map(cart).collect())
}

/// Reads these blocks, and the ends of those that have ended.
async fn members(connection: &mut Connection, ids: &[i64]) -> Result<HashMap<i64, Member>> {
    let held = sqlx::query!(
        r#"SELECT id, item_id, warehouse_id, quantity, is_permanent, expires_at,
                  coalesce(expires_at <= now(), false) AS "expired!"
             FROM block_inventory WHERE id = ANY ($1)"#,
        ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let holding = |id, item, warehouse, quantity| CartHolding {
        block: BlockId(id),
        key: level_key(item, warehouse),
        quantity,
    };
    let mut members: HashMap<_, _> = held
        .into_iter()
        .map(|row| {
            let state = match (row.is_permanent, row.expired) {
                (true, _) => CartState::Confirmed,
                (false, true) => CartState::Expired,
                (false, false) => CartState::Active,
            };
            let expires_at = row.expires_at.filter(|_| !row.is_permanent);
            let holding = holding(row.id, row.item_id, row.warehouse_id, row.quantity);
            (row.id, Member { holding, state, expires_at })
        })
        .collect();
    let ended: Vec<_> = ids.iter().copied().filter(|id| !members.contains_key(id)).collect();
    if ended.is_empty() {
        return Ok(members);
    }
    let ends = sqlx::query!(
        r#"SELECT block_id AS "block_id!", item_id, warehouse_id, change, reason, created_at
             FROM stock_movements
            WHERE block_id = ANY ($1) AND reason IN ('released', 'expired') ORDER BY id"#,
        &ended
    )
    .fetch_all(connection)
    .await?;
    members.extend(ends.into_iter().map(|row| {
        let (state, expires_at) = match row.reason == "expired" {
            true => (CartState::Expired, Some(row.created_at)),
            false => (CartState::Released, None),
        };
        let holding = holding(row.block_id, row.item_id, row.warehouse_id, row.change);
        (row.block_id, Member { holding, state, expires_at })
    }));
    Ok(members)
}

/// New carts as columns, one row per block, for the function `carts_insert`.
#[derive(Default)]
pub(super) struct NewCartColumns<'a> {
    pub(super) blocks: Vec<i64>,
    pub(super) carts: Vec<i64>,
    pub(super) references: Vec<Option<&'a str>>,
}

impl<'a> NewCartColumns<'a> {
    pub(super) fn of(changes: &'a StockChanges) -> Self {
        let mut columns = Self::default();
        for (id, change) in changes.carts.iter().filter(|(_, change)| change.version_before.is_none()) {
            let reference = change.details.reference.as_ref().map(Reference::as_str);
            for block in &change.blocks {
                columns.blocks.push(block.0);
                columns.carts.push(id.0);
                columns.references.push(reference);
            }
        }
        columns
    }
}

impl WriteTransaction {
    /// Returns these carts. Locks nothing: the blocks of a cart change under the locks of their levels, and
    /// `blocks_lock` reads them again.
    pub async fn carts_read(&mut self, carts: &[CartId]) -> Result<HashMap<CartId, CartRecord>> {
        let ids: Vec<_> = carts.iter().map(|cart| cart.0).collect();
        let records = records(&mut self.transaction, &ids).await?;
        Ok(records.into_iter().map(|record| (record.id, record)).collect())
    }

    /// Returns the newest cart of each of these references that has one. The caller has locked the references, and every
    /// transaction locks a cart's reference before it adds the cart.
    pub async fn carts_referenced(
        &mut self,
        references: &[&Reference],
    ) -> Result<HashMap<Reference, CartId>> {
        let names: Vec<_> = references.iter().map(|reference| reference.to_string()).collect();
        let rows = sqlx::query!(
            r#"SELECT asked.name AS "name!", found.id
                 FROM unnest($1::text[]) AS asked (name)
                CROSS JOIN LATERAL (SELECT id FROM carts WHERE reference = asked.name ORDER BY id DESC LIMIT 1) AS found"#,
            &names
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let found: HashMap<_, _> = rows.into_iter().map(|row| (row.name, CartId(row.id))).collect();
        let named = references.iter();
        let named = named.filter_map(|name| Some(((*name).clone(), *found.get(name.as_str())?)));
        Ok(named.collect())
    }

    /// Writes each cart with changed lines. A cart that an earlier version placed gets its row.
    ///
    /// # Errors
    /// [`Error::Conflict`] if a cart has another version.
    pub(super) async fn carts_change(&mut self, changes: &StockChanges) -> Result<()> {
        for (id, change) in &changes.carts {
            let Some(version_before) = change.version_before else { continue };
            let blocks: Vec<_> = change.blocks.iter().map(|block| block.0).collect();
            let written = sqlx::query!(
                "INSERT INTO carts (id, version, created_at, reference, block_ids) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (id) DO UPDATE SET version = excluded.version, block_ids = excluded.block_ids
                                              WHERE carts.version = $6",
                id.0,
                change.details.version,
                change.details.created_at,
                change.details.reference.as_ref().map(Reference::as_str),
                &blocks,
                version_before
            )
            .execute(&mut *self.transaction)
            .await?;
            if written.rows_affected() != 1 {
                return Err(Error::changed_meanwhile("a cart"));
            }
        }
        Ok(())
    }
}
