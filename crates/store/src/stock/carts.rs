//! Carts: reads for users, and the write of changed carts.

use super::columns::level_key;
use crate::pool::Connection;
use crate::{Error, Result, Store, WriteTransaction};
use domain::{
    BlockId, Cart, CartDetails, CartHolding, CartId, CartMember, CartPayment, CartQuery, HoldNote, ItemId,
    OrderId, Page, Reference, StockChanges, Time,
};
use std::collections::HashMap;

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
pub(super) async fn records(connection: &mut Connection, ids: &[i64]) -> Result<Vec<CartRecord>> {
    let rows = sqlx::query!(
        r#"SELECT asked.id AS "id!", coalesce(carts.version, 1) AS "version!",
                  coalesce(carts.reference, present.reference) AS reference,
                  coalesce(carts.note, present.note) AS note,
                  coalesce(carts.created_at, present.created_at, now()) AS "created_at!",
                  payment_reference, payment_until, expires_before, retaken_at,
                  coalesce(carts.block_ids, '{}') AS "blocks!", coalesce(present.blocks, '{}') AS "present!"
             FROM unnest($1::bigint[]) AS asked (id)
             LEFT JOIN carts ON carts.id = asked.id
            CROSS JOIN LATERAL (
                SELECT array_agg(id ORDER BY id) AS blocks, min(reference) AS reference, min(created_at) AS created_at,
                       min(note) AS note
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
        let payment = row.payment_reference.and_then(|name| {
            Some(CartPayment {
                reference: Reference::new(&name).ok()?,
                until: row.payment_until?,
                expires_before: row.expires_before?,
                retaken_at: row.retaken_at,
            })
        });
        let note = row.note.and_then(|note| HoldNote::new(&note).ok());
        let details =
            CartDetails { version: row.version, reference, note, created_at: row.created_at, payment };
        CartRecord { id: CartId(row.id), blocks: blocks.into_iter().map(BlockId).collect(), details }
    });
    Ok(record.collect())
}

/// Adds the lines to carts, from the blocks that exist and from the ledger. A cart of which nothing is found is left out.
async fn with_members(connection: &mut Connection, records: Vec<CartRecord>) -> Result<Vec<Cart>> {
    let ids: Vec<_> = records.iter().flat_map(|record| record.blocks.iter().map(|id| id.0)).collect();
    let members = members(connection, &ids).await?;
    let cart = |record: CartRecord| {
        let members: Vec<_> = record.blocks.iter().filter_map(|id| members.get(&id.0).copied()).collect();
        Cart::of(record.id, record.details, &members)
    };
    Ok(records.into_iter().filter_map(cart).collect())
}

/// Reads these blocks, and the ends of those that have ended.
async fn members(connection: &mut Connection, ids: &[i64]) -> Result<HashMap<i64, CartMember>> {
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
            let holding = holding(row.id, row.item_id, row.warehouse_id, row.quantity);
            (row.id, CartMember::existing(holding, row.is_permanent, row.expires_at, row.expired))
        })
        .collect();
    let ended: Vec<_> = ids.iter().copied().filter(|id| !members.contains_key(id)).collect();
    if ended.is_empty() {
        return Ok(members);
    }
    let ends = sqlx::query!(
        r#"SELECT block_id AS "block_id!", item_id, warehouse_id, coalesce(units, change) AS "change!", reason, order_id,
                  created_at
             FROM stock_movements
            WHERE block_id = ANY ($1) AND reason IN ('released', 'expired', 'hold_converted', 'sale_converted')
            ORDER BY id"#,
        &ended
    )
    .fetch_all(connection)
    .await?;
    members.extend(ends.into_iter().map(|row| {
        let holding = holding(row.block_id, row.item_id, row.warehouse_id, row.change);
        let member = match (row.reason.as_str(), row.order_id) {
            ("expired", _) => CartMember::ended(holding, Some(row.created_at)),
            ("released", _) => CartMember::ended(holding, None),
            (_, order) => CartMember::converted(holding, order.map(OrderId)),
        };
        (row.block_id, member)
    }));
    Ok(members)
}

/// New carts as columns, one row per block, for the function `carts_insert`.
#[derive(Default)]
pub(super) struct NewCartColumns<'a> {
    pub(super) blocks: Vec<i64>,
    pub(super) carts: Vec<i64>,
    pub(super) references: Vec<Option<&'a str>>,
    /// The optimistic path writes none: it places no cart with a note.
    pub(super) notes: Vec<Option<&'a str>>,
}

impl<'a> NewCartColumns<'a> {
    pub(super) fn of(changes: &'a StockChanges) -> Self {
        let mut columns = Self::default();
        for (id, change) in changes.carts.iter().filter(|(_, change)| change.version_before.is_none()) {
            let reference = change.details.reference.as_ref().map(Reference::as_str);
            let note = change.details.note.as_ref().map(HoldNote::as_str);
            for block in &change.blocks {
                columns.blocks.push(block.0);
                columns.carts.push(id.0);
                columns.references.push(reference);
                columns.notes.push(note);
            }
        }
        columns
    }
}

/// Carts with changed lines or a changed payment as columns.
#[derive(Default)]
struct ChangedCartColumns<'a> {
    ids: Vec<i64>,
    versions_before: Vec<i64>,
    versions: Vec<i64>,
    created_at: Vec<Time>,
    references: Vec<Option<&'a str>>,
    /// Arrays in PostgreSQL's text format, because `unnest` flattens arrays of arrays.
    blocks: Vec<String>,
    payments: Vec<Option<&'a str>>,
    payments_until: Vec<Option<Time>>,
    expires_before: Vec<Option<Time>>,
    retaken_at: Vec<Option<Time>>,
}

impl<'a> ChangedCartColumns<'a> {
    fn of(changes: &'a StockChanges) -> Self {
        let mut columns = Self::default();
        for (id, change) in &changes.carts {
            let Some(version_before) = change.version_before else { continue };
            let payment = change.details.payment.as_ref();
            let blocks: Vec<_> = change.blocks.iter().map(|block| block.0.to_string()).collect();
            columns.ids.push(id.0);
            columns.versions_before.push(version_before);
            columns.versions.push(change.details.version);
            columns.created_at.push(change.details.created_at);
            columns.references.push(change.details.reference.as_ref().map(Reference::as_str));
            columns.blocks.push(format!("{{{}}}", blocks.join(",")));
            columns.payments.push(payment.map(|payment| payment.reference.as_str()));
            columns.payments_until.push(payment.map(|payment| payment.until));
            columns.expires_before.push(payment.map(|payment| payment.expires_before));
            columns.retaken_at.push(payment.and_then(|payment| payment.retaken_at));
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

    /// Returns the confirmed, the converted and the active carts of each of these payment references, the oldest two of each.
    /// The caller has locked the references. Every transaction locks the reference of a payment before it confirms a cart that
    /// does not have the payment yet, or takes units again for it.
    pub async fn carts_paid(&mut self, payments: &[&Reference]) -> Result<HashMap<Reference, Vec<CartId>>> {
        let names: Vec<_> = payments.iter().map(|payment| payment.to_string()).collect();
        let rows = sqlx::query!(
            r#"SELECT asked.name AS "name!", found.id
                 FROM unnest($1::text[]) AS asked (name)
                CROSS JOIN LATERAL (
                    SELECT id FROM carts
                     WHERE payment_reference = asked.name
                       AND (retaken_at IS NOT NULL
                            OR EXISTS (SELECT FROM block_inventory
                                        WHERE cart_id = carts.id AND (is_permanent OR expires_at > now()))
                            OR EXISTS (SELECT FROM stock_movements
                                        WHERE block_id = ANY (carts.block_ids)
                                          AND reason IN ('hold_converted', 'sale_converted')))
                     ORDER BY id LIMIT 2) AS found"#,
            &names
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut carts = HashMap::<Reference, Vec<CartId>>::new();
        for row in rows {
            if let Some(payment) = payments.iter().find(|payment| payment.as_str() == row.name) {
                carts.entry((*payment).clone()).or_default().push(CartId(row.id));
            }
        }
        Ok(carts)
    }

    /// Returns the items of these blocks, also of those that have ended. The item of a block never changes.
    pub async fn items_of_blocks(&mut self, blocks: &[BlockId]) -> Result<Vec<ItemId>> {
        let ids: Vec<_> = blocks.iter().map(|block| block.0).collect();
        let items = sqlx::query_scalar!(
            r#"SELECT item_id AS "item_id!" FROM block_inventory WHERE id = ANY ($1)
                UNION
               SELECT item_id FROM stock_movements
                WHERE block_id = ANY ($1) AND reason IN ('released', 'expired', 'hold_converted', 'sale_converted')"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(items.into_iter().map(ItemId).collect())
    }

    /// Writes the carts with changed lines or a changed payment. A cart that an earlier version placed gets its row.
    ///
    /// # Errors
    /// [`Error::Conflict`] if a cart has another version.
    pub(super) async fn carts_change(&mut self, changes: &StockChanges) -> Result<()> {
        let columns = ChangedCartColumns::of(changes);
        if columns.ids.is_empty() {
            return Ok(());
        }
        let written = sqlx::query_scalar!(
            r#"WITH changed AS MATERIALIZED (
                   SELECT id, version_before, version, created_at, reference, blocks::bigint[] AS blocks,
                          payment_reference, payment_until, expires_before, retaken_at
                     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::text[], $6::text[],
                                 $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
                       AS changed (id, version_before, version, created_at, reference, blocks, payment_reference,
                                   payment_until, expires_before, retaken_at)
               ), updated AS (
                   UPDATE carts SET version = changed.version, block_ids = changed.blocks,
                                    payment_reference = changed.payment_reference, payment_until = changed.payment_until,
                                    expires_before = changed.expires_before, retaken_at = changed.retaken_at
                     FROM changed WHERE carts.id = changed.id AND carts.version = changed.version_before
                   RETURNING 1
               ), added AS (
                   INSERT INTO carts (id, version, created_at, reference, block_ids, payment_reference, payment_until,
                                      expires_before, retaken_at)
                   SELECT id, version, created_at, reference, blocks, payment_reference, payment_until, expires_before,
                          retaken_at
                     FROM changed WHERE NOT EXISTS (SELECT FROM carts WHERE carts.id = changed.id)
                       ON CONFLICT (id) DO NOTHING
                   RETURNING 1
               )
               SELECT (SELECT count(*) FROM updated) + (SELECT count(*) FROM added) AS "written!""#,
            &columns.ids,
            &columns.versions_before,
            &columns.versions,
            &columns.created_at,
            &columns.references as &[Option<&str>],
            &columns.blocks,
            &columns.payments as &[Option<&str>],
            &columns.payments_until as &[Option<Time>],
            &columns.expires_before as &[Option<Time>],
            &columns.retaken_at as &[Option<Time>],
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        match usize::try_from(written) == Ok(columns.ids.len()) {
            true => Ok(()),
            false => Err(Error::changed_meanwhile("a cart")),
        }
    }
}
