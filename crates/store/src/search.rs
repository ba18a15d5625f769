//! The search for items, orders and blocks. Each lookup reads a bounded part of an index.

use crate::blocks::{block_from, select_blocks};
use crate::items::item_from;
use crate::{Result, Store};
use domain::{Block, FoundOrder, Item, ItemId, OrderId, Reference, SearchQuery, Sku, has_trigram};
use std::collections::HashMap;

impl Store {
    /// Returns items by id, by barcode and SKU, by the beginning of the SKU, and by words of the name: in this order, and
    /// among those by name a name that begins with the text first. Archived items are last. A text without three letters or
    /// digits in a row is not searched in names, because the index of names has no entry for it.
    pub async fn items_search(&self, query: &SearchQuery) -> Result<Vec<Item>> {
        let mut ids: Vec<_> = query.id().into_iter().collect();
        ids.extend(self.items_by_key(query.text(), query.limit).await?);
        if has_trigram(query.text()) {
            let (_, named) = self.names_search(query.text()).await?;
            ids.extend(self.names_ranked(&named, query).await?);
        }
        let mut places = HashMap::new();
        for (place, id) in ids.iter().enumerate() {
            places.entry(*id).or_insert(place);
        }
        let rows = sqlx::query_as!(
            crate::items::ItemRow,
            "SELECT id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes, archived_at,
                    low_stock
               FROM items WHERE id = ANY ($1)",
            &ids
        );
        let rows = rows.fetch_all(self.lists().await).await?;
        let mut items = rows.into_iter().map(item_from).collect::<Result<Vec<_>>>()?;
        items.sort_by_key(|item| (item.archived_at.is_some(), places.get(&item.id.0).copied()));
        items.truncate(usize::try_from(query.limit).unwrap_or(0));
        Ok(items)
    }

    /// Returns the best of the items that were found by name: the text itself, a name that begins with it, a short name.
    async fn names_ranked(&self, ids: &[i64], query: &SearchQuery) -> Result<Vec<i64>> {
        let ranked = sqlx::query_scalar!(
            "SELECT item_id FROM item_names
              WHERE item_id = ANY ($1)
              ORDER BY starts_with(folded, search_fold($2)) DESC, length(folded), item_id LIMIT $3",
            ids,
            query.text(),
            query.limit
        );
        Ok(ranked.fetch_all(self.lists().await).await?)
    }

    /// Returns orders by id, by reference, and by the beginning of the reference, in this order. A reference is compared as it
    /// was typed, and in upper case.
    pub async fn orders_search(&self, query: &SearchQuery) -> Result<Vec<FoundOrder>> {
        let rows = sqlx::query!(
            r#"WITH found (id, rank) AS (
                   SELECT $1::bigint, 0 WHERE $1 IS NOT NULL
                   UNION ALL
                   (SELECT id, 1 FROM orders WHERE reference = ANY (ARRAY[$2, upper($2)])
                     ORDER BY id DESC LIMIT $3)
                   UNION ALL
                   (SELECT id, 2 FROM orders WHERE reference ~>=~ $2 AND reference ~<~ ($2 || chr(1114111))
                     ORDER BY reference USING ~<~ LIMIT $3)
                   UNION ALL
                   (SELECT id, 3 FROM orders
                     WHERE reference ~>=~ upper($2) AND reference ~<~ (upper($2) || chr(1114111))
                     ORDER BY reference USING ~<~ LIMIT $3)
               ), ranked AS (
                   SELECT id, min(rank) AS rank FROM found GROUP BY id
               )
               SELECT orders.id, orders.reference, orders.status,
                      (SELECT coalesce(sum(quantity), 0)::bigint FROM order_items WHERE order_id = orders.id) AS "units!"
                 FROM ranked JOIN orders ON orders.id = ranked.id
                ORDER BY ranked.rank, orders.reference, orders.id DESC LIMIT $3"#,
            query.id(),
            query.text(),
            query.limit
        )
        .fetch_all(self.lists().await)
        .await?;
        let orders = rows.into_iter().map(|row| {
            Ok(FoundOrder {
                id: OrderId(row.id),
                reference: row.reference,
                status: crate::orders::order_status(&row.status)?,
                units: row.units,
            })
        });
        orders.collect()
    }

    /// Returns the item with a barcode or, if no item has the barcode, with an SKU.
    pub async fn item_by_code(&self, code: &Sku) -> Result<Option<ItemId>> {
        let id = sqlx::query_scalar!(
            r#"SELECT coalesce((SELECT item_id FROM item_barcodes WHERE barcode = $1),
                               (SELECT item_id FROM item_skus WHERE folded = fold_key($1))) AS id"#,
            code.as_str()
        );
        Ok(id.fetch_one(&self.lookups).await?.map(ItemId))
    }

    /// Returns at most `limit` active blocks with a reference, newest first.
    pub async fn blocks_of_reference(&self, reference: &Reference, limit: i64) -> Result<Vec<Block>> {
        let rows = select_blocks!(
            "blocks.reference = $1 AND NOT blocks.is_permanent AND blocks.expires_at > now()
             ORDER BY blocks.id DESC LIMIT $2",
            reference.as_str(),
            limit
        );
        let rows = rows.fetch_all(self.lists().await).await?;
        Ok(rows.into_iter().map(block_from).collect())
    }
}
