//! Keys of the shop: which item has an SKU or a barcode.

use crate::{PinnedConnection, Result, Store, WriteTransaction};
use domain::{ItemId, ItemKeys, Keys, Sku, WarehouseCode, WarehouseId};
use sqlx::PgExecutor;
use std::collections::HashMap;

/// The fewest characters of a text that is searched as the beginning of an SKU.
const SKU_PREFIX_CHARS_MIN: usize = 3;

/// A key that another item has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenKey {
    /// The index into the keys.
    pub index: usize,
    /// [`domain::Error::SkuTaken`] or [`domain::Error::BarcodeTaken`].
    pub rejection: domain::Error,
}

/// The ids of keys, and the version at which they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedKeys {
    /// The version of the keys.
    pub version: i64,
    /// The item of each SKU.
    pub items: Vec<Option<ItemId>>,
    /// The warehouse of each code.
    pub warehouses: Vec<Option<WarehouseId>>,
}

impl Store {
    /// Returns the items and warehouses of keys, with one statement.
    pub async fn keys_resolve(&self, keys: &Keys<'_>) -> Result<ResolvedKeys> {
        let skus: Vec<_> = keys.skus.iter().map(|sku| sku.as_str()).collect();
        let codes: Vec<_> = keys.codes.iter().map(|code| code.as_str()).collect();
        let row = sqlx::query!(
            r#"SELECT version,
                      ARRAY (SELECT (SELECT item_id FROM item_skus WHERE folded = fold_key(wanted.sku))
                               FROM unnest($1::text[]) WITH ORDINALITY AS wanted (sku, position)
                              ORDER BY position) AS "items!: Vec<Option<i64>>",
                      ARRAY (SELECT (SELECT id FROM warehouses WHERE fold_key(code) = fold_key(wanted.code))
                               FROM unnest($2::text[]) WITH ORDINALITY AS wanted (code, position)
                              ORDER BY position) AS "warehouses!: Vec<Option<i64>>"
                 FROM key_version"#,
            &skus as &[&str],
            &codes as &[&str]
        )
        .fetch_one(&self.lookups)
        .await?;
        Ok(ResolvedKeys {
            version: row.version,
            items: row.items.into_iter().map(|id| id.map(ItemId)).collect(),
            warehouses: row.warehouses.into_iter().map(|id| id.map(WarehouseId)).collect(),
        })
    }

    /// Returns at most `limit` items that a search finds by their keys: by a barcode, by an SKU, and by the beginning of an
    /// SKU if the text has at least [`SKU_PREFIX_CHARS_MIN`] characters.
    pub(crate) async fn items_by_key(&self, text: &str, limit: i64) -> Result<Vec<i64>> {
        let is_prefix = text.trim().chars().count() >= SKU_PREFIX_CHARS_MIN;
        let ids = sqlx::query_scalar!(
            r#"SELECT item_id AS "item_id!"
                 FROM ((SELECT item_id, '' AS folded FROM item_barcodes WHERE barcode = btrim($1))
                       UNION ALL
                       (SELECT item_id, folded FROM item_skus WHERE folded = fold_key($1))
                       UNION ALL
                       (SELECT item_id, folded FROM item_skus
                         WHERE $2 AND folded > fold_key($1) AND folded < fold_key($1) || chr(1114111)
                         ORDER BY folded LIMIT $3)) AS found
                GROUP BY item_id ORDER BY min(folded) LIMIT $3"#,
            text,
            is_prefix,
            limit
        );
        Ok(ids.fetch_all(self.lists().await).await?)
    }

    /// Returns the item of each SKU, by the text of the SKU. SKUs without an item are left out. Read from the primary.
    pub async fn items_by_skus(&self, skus: &[&Sku]) -> Result<HashMap<String, ItemId>> {
        let texts: Vec<_> = skus.iter().map(|sku| sku.as_str()).collect();
        let rows = sqlx::query!(
            r#"SELECT asked.sku AS "sku!", item_skus.item_id
                 FROM unnest($1::text[]) AS asked (sku) JOIN item_skus ON item_skus.folded = fold_key(asked.sku)"#,
            &texts as &[&str]
        )
        .fetch_all(&self.lookups)
        .await?;
        Ok(rows.into_iter().map(|row| (row.sku, ItemId(row.item_id))).collect())
    }

    /// Returns the item that has this SKU.
    pub async fn item_by_sku(&self, sku: &Sku) -> Result<Option<ItemId>> {
        let id =
            sqlx::query_scalar!("SELECT item_id FROM item_skus WHERE folded = fold_key($1)", sku.as_str());
        Ok(id.fetch_optional(&self.lookups).await?.map(ItemId))
    }
}

/// Reads the SKUs of items, by a pool, by a connection or in a transaction.
pub trait SkuReader: Send {
    /// Returns the SKU of each of these items that exists; `None` for an item without one.
    fn skus_of(
        &mut self,
        items: &[ItemId],
    ) -> impl Future<Output = Result<Vec<(ItemId, Option<String>)>>> + Send;
}

impl SkuReader for &Store {
    async fn skus_of(&mut self, items: &[ItemId]) -> Result<Vec<(ItemId, Option<String>)>> {
        skus_of(&self.lookups, items).await
    }
}

impl SkuReader for WriteTransaction {
    async fn skus_of(&mut self, items: &[ItemId]) -> Result<Vec<(ItemId, Option<String>)>> {
        skus_of(&mut *self.transaction, items).await
    }
}

impl SkuReader for &PinnedConnection {
    async fn skus_of(&mut self, items: &[ItemId]) -> Result<Vec<(ItemId, Option<String>)>> {
        let mut connection = self.connection().await?;
        let skus = skus_of(&mut *connection, items).await?;
        self.release(connection);
        Ok(skus)
    }
}

/// Compares resolved keys with the current ones, by a pool or in a transaction.
pub trait KeyReader: Send {
    /// Returns the version of the keys.
    fn key_version(&mut self) -> impl Future<Output = Result<i64>> + Send;

    /// Returns the indexes of the pairs whose item no longer has the SKU.
    fn skus_moved(&mut self, skus: &[(&Sku, ItemId)]) -> impl Future<Output = Result<Vec<usize>>> + Send;

    /// Returns the indexes of the pairs whose warehouse no longer has the code.
    fn codes_moved(
        &mut self,
        codes: &[(&WarehouseCode, WarehouseId)],
    ) -> impl Future<Output = Result<Vec<usize>>> + Send;
}

impl KeyReader for &Store {
    async fn key_version(&mut self) -> Result<i64> {
        key_version(&self.lookups).await
    }

    async fn skus_moved(&mut self, skus: &[(&Sku, ItemId)]) -> Result<Vec<usize>> {
        skus_moved(&self.lookups, skus).await
    }

    async fn codes_moved(&mut self, codes: &[(&WarehouseCode, WarehouseId)]) -> Result<Vec<usize>> {
        codes_moved(&self.lookups, codes).await
    }
}

impl KeyReader for WriteTransaction {
    async fn key_version(&mut self) -> Result<i64> {
        key_version(&mut *self.transaction).await
    }

    async fn skus_moved(&mut self, skus: &[(&Sku, ItemId)]) -> Result<Vec<usize>> {
        skus_moved(&mut *self.transaction, skus).await
    }

    async fn codes_moved(&mut self, codes: &[(&WarehouseCode, WarehouseId)]) -> Result<Vec<usize>> {
        codes_moved(&mut *self.transaction, codes).await
    }
}

async fn key_version<'c>(database: impl PgExecutor<'c>) -> Result<i64> {
    Ok(sqlx::query_scalar!("SELECT version FROM key_version").fetch_one(database).await?)
}

async fn skus_moved<'c>(database: impl PgExecutor<'c>, skus: &[(&Sku, ItemId)]) -> Result<Vec<usize>> {
    let texts: Vec<_> = skus.iter().map(|(sku, _)| sku.as_str()).collect();
    let items: Vec<_> = skus.iter().map(|(_, item)| item.0).collect();
    let moved = sqlx::query_scalar!(
        r#"SELECT asked.position - 1 AS "index!"
             FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (sku, item_id, position)
             LEFT JOIN item_skus ON item_skus.folded = fold_key(asked.sku)
            WHERE item_skus.item_id IS DISTINCT FROM asked.item_id"#,
        &texts as &[&str],
        &items
    )
    .fetch_all(database)
    .await?;
    Ok(moved.into_iter().filter_map(|index| usize::try_from(index).ok()).collect())
}

async fn codes_moved<'c>(
    database: impl PgExecutor<'c>,
    codes: &[(&WarehouseCode, WarehouseId)],
) -> Result<Vec<usize>> {
    let texts: Vec<_> = codes.iter().map(|(code, _)| code.as_str()).collect();
    let ids: Vec<_> = codes.iter().map(|(_, warehouse)| warehouse.0).collect();
    let moved = sqlx::query_scalar!(
        r#"SELECT asked.position - 1 AS "index!"
             FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (code, warehouse_id, position)
             LEFT JOIN warehouses ON warehouses.id = asked.warehouse_id
            WHERE fold_key(warehouses.code) IS DISTINCT FROM fold_key(asked.code)"#,
        &texts as &[&str],
        &ids
    )
    .fetch_all(database)
    .await?;
    Ok(moved.into_iter().filter_map(|index| usize::try_from(index).ok()).collect())
}

async fn skus_of<'c>(
    database: impl PgExecutor<'c>,
    items: &[ItemId],
) -> Result<Vec<(ItemId, Option<String>)>> {
    let ids: Vec<_> = items.iter().map(|item| item.0).collect();
    let rows =
        sqlx::query!("SELECT id, sku FROM items WHERE id = ANY ($1)", &ids).fetch_all(database).await?;
    Ok(rows.into_iter().map(|row| (ItemId(row.id), row.sku)).collect())
}

impl WriteTransaction {
    /// Returns those of these keys that other items have, at most one per item, by ascending index. Another transaction may
    /// take a key afterwards; then the write that takes it too fails with [`crate::Error::Conflict`].
    pub async fn keys_taken(&mut self, keys: &[ItemKeys<'_>]) -> Result<Vec<TakenKey>> {
        taken(&mut *self.transaction, keys).await
    }
}

impl PinnedConnection {
    /// Same as [`WriteTransaction::keys_taken`].
    pub async fn keys_taken(&self, keys: &[ItemKeys<'_>]) -> Result<Vec<TakenKey>> {
        let mut connection = self.connection().await?;
        let taken = taken(&mut *connection, keys).await?;
        self.release(connection);
        Ok(taken)
    }
}

async fn taken<'c>(database: impl PgExecutor<'c>, keys: &[ItemKeys<'_>]) -> Result<Vec<TakenKey>> {
    let (mut indexes, mut items, mut texts, mut are_skus) = (vec![], vec![], vec![], vec![]);
    for (index, keys) in (0_i64..).zip(keys) {
        let sku = keys.sku.map(|sku| (sku.to_string(), true));
        let barcodes = keys.barcodes.and_then(domain::Barcodes::texts).unwrap_or_default();
        for (text, is_sku) in sku.into_iter().chain(barcodes.into_iter().map(|text| (text, false))) {
            indexes.push(index);
            items.push(keys.item.map(|item| item.0));
            texts.push(text);
            are_skus.push(is_sku);
        }
    }
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (wanted.index) wanted.index AS "index!", wanted.key AS "key!", wanted.is_sku AS "is_sku!",
                  coalesce(item_skus.item_id, item_barcodes.item_id) AS "item_id!"
             FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[])
                  WITH ORDINALITY AS wanted (index, item_id, key, is_sku, position)
             LEFT JOIN item_skus ON wanted.is_sku AND item_skus.folded = fold_key(wanted.key)
             LEFT JOIN item_barcodes ON NOT wanted.is_sku AND item_barcodes.barcode = wanted.key
            WHERE coalesce(item_skus.item_id, item_barcodes.item_id) IS DISTINCT FROM wanted.item_id
              AND coalesce(item_skus.item_id, item_barcodes.item_id) IS NOT NULL
            ORDER BY wanted.index, wanted.position"#,
        &indexes,
        &items as &[Option<i64>],
        &texts,
        &are_skus
    )
    .fetch_all(database)
    .await?;
    let taken = rows.into_iter().map(|row| TakenKey {
        index: usize::try_from(row.index).unwrap_or(usize::MAX),
        rejection: match row.is_sku {
            true => domain::Error::SkuTaken { sku: row.key, item: ItemId(row.item_id) },
            false => domain::Error::BarcodeTaken { barcode: row.key, item: ItemId(row.item_id) },
        },
    });
    Ok(taken.collect())
}
