use crate::cause::CauseColumns;
use crate::pool::Connection;
use crate::{Cause, Error, PinnedConnection, Result, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{
    Barcodes, Item, ItemId, ItemKeys, ItemPatch, NewItem, Precondition, Price, Sku, Units, WarehouseId,
};
use rust_decimal::Decimal;
use sqlx::PgExecutor;
use std::net::IpAddr;

/// A row of `items`.
pub(crate) struct ItemRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) quantity: i32,
    pub(crate) price: Decimal,
    pub(crate) category: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) sku: Option<String>,
    pub(crate) barcodes: Option<Vec<String>>,
    pub(crate) archived_at: Option<DateTime<Utc>>,
    pub(crate) low_stock: Option<i32>,
}

pub(crate) fn item_from(row: ItemRow) -> Result<Item> {
    Ok(Item {
        id: ItemId(row.id),
        sku: row.sku,
        barcodes: row.barcodes.unwrap_or_default(),
        name: row.name,
        description: row.description,
        quantity: row.quantity,
        price: Price::new(row.price)?,
        category: row.category,
        created_at: row.created_at,
        updated_at: row.updated_at,
        archived_at: row.archived_at,
        low_stock: row.low_stock,
    })
}

impl Store {
    /// Returns those of these items that exist, in no particular order.
    pub async fn items_get(&self, ids: &[i64]) -> Result<Vec<Item>> {
        get(&self.lookups, ids).await
    }

    /// Deletes at most `limit` rows of `item_changes` up to the position `until` of the ledger. Returns the number of rows.
    /// Several servers may do so at the same time.
    pub async fn item_changes_delete(&self, until: i64, limit: i64) -> Result<u64> {
        let deleted = sqlx::query!(
            "DELETE FROM item_changes USING (
                 SELECT id, item_id FROM item_changes WHERE id <= $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
             ) AS old WHERE item_changes.id = old.id AND item_changes.item_id = old.item_id",
            until,
            limit
        )
        .execute(&self.background)
        .await?;
        Ok(deleted.rows_affected())
    }
}

impl PinnedConnection {
    /// Same as [`Store::items_get`].
    pub async fn items_get(&self, ids: &[i64]) -> Result<Vec<Item>> {
        let mut connection = self.connection().await?;
        let items = get(&mut *connection, ids).await?;
        self.release(connection);
        Ok(items)
    }

    /// Returns these items, and in the same snapshot the ids of items that changed after a position of the ledger. Returns at
    /// most `limit` ids for changes of stock, and at most `limit` for other changes; an id may occur repeatedly.
    ///
    /// The position must be a low watermark ([`Store::low_watermark`]). After any other position, a movement may be missed
    /// that commits after movements with higher ids.
    pub async fn items_get_with_changes(
        &self,
        ids: &[i64],
        position: i64,
        limit: i64,
    ) -> Result<(Vec<Item>, Vec<ItemId>)> {
        let mut connection = self.connection().await?;
        let rows = sqlx::query!(
            r#"(SELECT item_id AS "id!", NULL::text AS name, NULL::text AS description, NULL::integer AS quantity,
                       NULL::numeric AS price, NULL::text AS category, NULL::timestamptz AS created_at,
                       NULL::timestamptz AS updated_at, NULL::text AS sku, NULL::text[] AS barcodes,
                       NULL::timestamptz AS archived_at, NULL::integer AS low_stock
                  FROM stock_movements WHERE id > $2 ORDER BY id LIMIT $3)
                UNION ALL
               (SELECT item_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
                  FROM item_changes WHERE id > $2 ORDER BY id LIMIT $3)
                UNION ALL
                SELECT id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes,
                       archived_at, low_stock
                  FROM items WHERE id = ANY ($1)"#,
            ids,
            position,
            limit
        )
        .fetch_all(&mut *connection)
        .await?;
        self.release(connection);
        let (mut items, mut changed) = (Vec::with_capacity(ids.len()), Vec::new());
        for row in rows {
            let id = row.id;
            match (row.name, row.quantity, row.price, row.created_at, row.updated_at) {
                (Some(name), Some(quantity), Some(price), Some(created_at), Some(updated_at)) => {
                    let (description, category) = (row.description, row.category);
                    items.push(item_from(ItemRow {
                        id,
                        name,
                        description,
                        quantity,
                        price,
                        category,
                        created_at,
                        updated_at,
                        sku: row.sku,
                        barcodes: row.barcodes,
                        archived_at: row.archived_at,
                        low_stock: row.low_stock,
                    })?);
                }
                _ => changed.push(ItemId(id)),
            }
        }
        Ok((items, changed))
    }

    /// Same as [`WriteTransaction::item_create_all`], but in a transaction of its own and one round trip.
    ///
    /// # Errors
    /// The same, and [`Error::OutcomeUnknown`] if the connection broke before the result arrived.
    pub async fn item_create_all(
        &self,
        items: &[(&NewItem, WarehouseId)],
        causes: &[Cause<'_>],
    ) -> Result<Vec<Item>> {
        let mut connection = self.connection().await?;
        let created = create(&mut connection, items, causes).await.map_err(Error::from_commit)?;
        self.release(connection);
        Ok(created)
    }
}

async fn get<'c>(database: impl PgExecutor<'c>, ids: &[i64]) -> Result<Vec<Item>> {
    let rows = sqlx::query_as!(
        ItemRow,
        "SELECT id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes, archived_at, low_stock
               FROM items WHERE id = ANY ($1)",
        ids
    )
    .fetch_all(database)
    .await?;
    rows.into_iter().map(item_from).collect()
}

impl WriteTransaction {
    /// Changes an item's details, and adds an event with the changed values to the audit log. Returns the item and its
    /// previous category. The condition is checked on the locked row. A category gets its present spelling.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::VersionMismatch`], [`domain::Error::SkuTaken`],
    /// [`domain::Error::BarcodeTaken`].
    pub async fn item_update(
        &mut self,
        id: ItemId,
        patch: &ItemPatch,
        condition: &Precondition,
        cause: Cause<'_>,
    ) -> Result<(Item, Option<String>)> {
        // Spellings of categories are locked before items, as in `Store::category_rename_begin`.
        let category = match &patch.category {
            Some(Some(name)) => Some(Some(self.category_resolve(name).await?)),
            Some(None) => Some(None),
            None => None,
        };
        let before = sqlx::query_as!(
            ItemRow,
            "SELECT id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes, archived_at, low_stock
               FROM items WHERE id = $1 FOR NO KEY UPDATE",
            id.0
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        let before = before.ok_or(domain::Error::ItemNotFound(id))?;
        let (before_price, before_sku, before_barcodes) =
            (before.price, before.sku.clone(), before.barcodes.clone());
        let before = item_from(before)?;
        condition.check(before.version())?;
        let description = patch.description.as_ref();
        let sku = patch.sku.as_ref().map(Option::as_ref);
        let barcodes = patch.barcodes.as_ref().and_then(Barcodes::texts);
        let keys = ItemKeys { item: Some(id), sku: sku.flatten(), barcodes: patch.barcodes.as_ref() };
        if let Some(taken) = self.keys_taken(&[keys]).await?.pop() {
            return Err(taken.rejection.into());
        }
        let row = sqlx::query_as!(
            ItemRow,
            r#"WITH changed AS (
                   UPDATE items
                      SET name = coalesce($2, name), price = coalesce($3, price),
                          description = CASE WHEN $4 THEN $5 ELSE description END,
                          category = CASE WHEN $6 THEN $7 ELSE category END,
                          sku = CASE WHEN $16 THEN $17 ELSE sku END,
                          barcodes = CASE WHEN $18 THEN $19::varchar[] ELSE barcodes END,
                          low_stock = CASE WHEN $22 THEN $23 ELSE low_stock END,
                          updated_at = now()
                    WHERE id = $1
                RETURNING id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes,
                          archived_at, low_stock
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
                   SELECT $12, $13, $14, $15, 'item.changed', 'item:' || $1::bigint,
                          jsonb_object_agg(field, before), jsonb_object_agg(field, after)
                     FROM changed
                    CROSS JOIN LATERAL (VALUES ('name', to_jsonb($8::text), to_jsonb(name)),
                                               ('description', to_jsonb($9::text), to_jsonb(description)),
                                               ('price', to_jsonb($10::numeric::text), to_jsonb(price::text)),
                                               ('category', to_jsonb($11::text), to_jsonb(category)),
                                               ('sku', to_jsonb($20::text), to_jsonb(sku)),
                                               ('barcodes', to_jsonb($21::varchar[]), to_jsonb(barcodes)),
                                               ('lowStock', to_jsonb($24::integer), to_jsonb(low_stock)))
                               AS fields (field, before, after)
                    WHERE before IS DISTINCT FROM after
                   HAVING count(*) > 0
               )
               SELECT id AS "id!", name AS "name!", description, quantity AS "quantity!", price AS "price!", category,
                      created_at AS "created_at!", updated_at AS "updated_at!", sku, barcodes,
                      archived_at, low_stock
                 FROM changed"#,
            id.0,
            patch.name.as_ref().map(|name| name.as_str()),
            patch.price.map(Price::amount),
            description.is_some(),
            description.and_then(|text| text.as_ref()).map(|text| text.as_str()),
            category.is_some(),
            category.flatten(),
            before.name,
            before.description,
            before_price,
            before.category,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id,
            sku.is_some(),
            sku.flatten().map(Sku::as_str),
            patch.barcodes.is_some(),
            barcodes.as_deref() as Option<&[String]>,
            before_sku,
            before_barcodes.as_deref() as Option<&[String]>,
            patch.low_stock.is_some(),
            patch.low_stock.flatten().map(Units::get),
            before.low_stock
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok((item_from(row)?, before.category))
    }

    /// Creates items with their first stock in the given warehouses: all of them or none. `causes` has one entry per item.
    /// A category gets its present spelling.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another item has one of their keys ([`WriteTransaction::keys_taken`]).
    pub async fn item_create_all(
        &mut self,
        items: &[(&NewItem, WarehouseId)],
        causes: &[Cause<'_>],
    ) -> Result<Vec<Item>> {
        Ok(create(&mut self.transaction, items, causes).await?)
    }
}

async fn create(
    connection: &mut Connection,
    items: &[(&NewItem, WarehouseId)],
    causes: &[Cause<'_>],
) -> sqlx::Result<Vec<Item>> {
    let names: Vec<_> = items.iter().map(|(item, _)| item.name.as_str()).collect();
    let descriptions: Vec<_> =
        items.iter().map(|(item, _)| item.description.as_ref().map(|text| text.as_str())).collect();
    let prices: Vec<_> = items.iter().map(|(item, _)| item.price.amount()).collect();
    let categories: Vec<_> =
        items.iter().map(|(item, _)| item.category.as_ref().map(|name| name.as_str())).collect();
    let quantities: Vec<_> = items.iter().map(|(item, _)| item.quantity.get()).collect();
    let warehouses: Vec<_> = items.iter().map(|(_, warehouse)| warehouse.0).collect();
    let skus: Vec<_> = items.iter().map(|(item, _)| item.sku.as_ref().map(Sku::as_str)).collect();
    let barcodes: Vec<_> = items.iter().map(|(item, _)| item.barcodes.joined()).collect();
    let thresholds: Vec<_> = items.iter().map(|(item, _)| item.low_stock.map(Units::get)).collect();
    let causes = CauseColumns::of(causes.iter().copied());
    // The statement writes quantities and movements itself. With the triggers, each item and its index entries would be
    // written twice.
    let rows = sqlx::query!(
        r#"WITH new_items AS MATERIALIZED (
               SELECT nextval('items_id_seq') AS id, new.*
                 FROM unnest($1::text[], $2::text[], $3::numeric[], category_names_resolve($4), $5::integer[], $6::bigint[],
                             $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::inet[], $12::text[],
                             $13::text[], $14::integer[])
                      WITH ORDINALITY AS new (name, description, price, category, quantity, warehouse_id,
                                              actor, request_id, token_id, session_id, address, sku, barcodes,
                                              low_stock, position)
           ), created AS (
               INSERT INTO items (id, name, description, price, category, quantity, sku, barcodes, low_stock)
               SELECT id, name, description, price, category, quantity, sku, string_to_array(barcodes, chr(10)), low_stock
                 FROM new_items ORDER BY position
           ), levels AS (
               INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
               SELECT id, warehouse_id, quantity FROM new_items ORDER BY position
           ), ledger AS (
               INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor, request_id, token_id,
                                            session_id, address)
               SELECT id, warehouse_id, quantity, 'received', actor, request_id, token_id, session_id, address
                 FROM new_items WHERE quantity > 0 ORDER BY position
           ), events AS (
               INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, after)
               SELECT actor, coalesce('token:' || token_id, 'session:' || session_id), address, request_id,
                      'item.created', 'item:' || id,
                      jsonb_strip_nulls(jsonb_build_object('name', name, 'description', description,
                          'price', price::numeric(10, 2)::text, 'category', category, 'quantity', quantity,
                          'warehouseId', warehouse_id, 'sku', sku,
                          'barcodes', string_to_array(barcodes, chr(10)), 'lowStock', low_stock))
                 FROM new_items ORDER BY position
           )
           SELECT id AS "id!", now() AS "created_at!", category FROM new_items ORDER BY position"#,
        &names as &[&str],
        &descriptions as &[Option<&str>],
        &prices,
        &categories as &[Option<&str>],
        &quantities,
        &warehouses,
        &causes.actors as &[&str],
        &causes.requests as &[Option<&str>],
        &causes.tokens as &[Option<i64>],
        &causes.sessions as &[Option<i64>],
        &causes.addresses as &[Option<IpAddr>],
        &skus as &[Option<&str>],
        &barcodes as &[Option<String>],
        &thresholds as &[Option<i32>]
    )
    .fetch_all(connection)
    .await?;
    let created = rows.into_iter().zip(items).map(|(row, (item, _))| Item {
        id: ItemId(row.id),
        sku: item.sku.as_ref().map(ToString::to_string),
        barcodes: item.barcodes.texts().unwrap_or_default(),
        name: item.name.to_string(),
        description: item.description.as_ref().map(|text| text.to_string()),
        quantity: item.quantity.get(),
        price: item.price,
        category: row.category,
        created_at: row.created_at,
        updated_at: row.created_at,
        archived_at: None,
        low_stock: item.low_stock.map(Units::get),
    });
    Ok(created.collect())
}
