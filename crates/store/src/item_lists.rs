//! Lists of items: filtered, sorted and paginated.

use crate::items::{ItemRow, item_from};
use crate::name_search::{NAMED_ITEMS_MAX, NameSearch};
use crate::{Result, Store};
use domain::{Item, ItemCursor, ItemId, ItemQuery, ItemSort, LevelKey, Page, TOTAL_MAX, Total, WarehouseId};
use std::collections::HashMap;

/// The most items that a search finds by their keys.
const KEYED_ITEMS_MAX: i64 = 20;

/// The filters of a list of items.
#[derive(Clone)]
struct Filters<'a> {
    category: Option<&'a str>,
    /// The search for names.
    search: Option<NameSearch>,
    /// The ids of the items that match the search, instead of it.
    named: Option<Vec<i64>>,
    /// The warehouse in which the item must have a stock level. `OFFSET 0` in the statements prevents that PostgreSQL reads
    /// all levels of the warehouse first. It looks them up while it scans the items, and the page is soon full. With
    /// `quantity_max`, matching levels may be rare, and reading them first is right.
    warehouse: Option<i64>,
    /// The maximum number of available units, of that level or of the item.
    quantity_max: Option<i32>,
}

impl Filters<'_> {
    fn patterns(&self) -> Option<&[String]> {
        self.search.as_ref().map(|search| search.patterns.as_slice())
    }

    fn comparison(&self) -> Option<&'static str> {
        self.search.as_ref().map(|search| search.comparison)
    }
}

/// Selects items by all filters: the source, the column of the id, the condition of the cursor, and the
/// order. The cursor's parameters begin with $10.
macro_rules! select_items {
    (
        from $source:literal, id $id:literal, after $after:literal, order $order:literal,
        $query:ident, $filters:ident, $($cursor:ident),+
    ) => {
        sqlx::query_as!(
            ItemRow,
            "SELECT items.id, items.name, items.description, items.quantity, items.price, items.category,
                    items.created_at, items.updated_at, items.sku, items.barcodes, items.archived_at, items.low_stock
               FROM " + $source + "
              WHERE (items.archived_at IS NOT NULL) = $8 AND ($1::text IS NULL OR items.category = $1)
                AND ($2::text[] IS NULL OR EXISTS (
                        SELECT FROM item_names
                         WHERE item_id = items.id AND search_text(name, folded, $3) LIKE ALL ($2) OFFSET 0))
                AND ($4::bigint[] IS NULL OR " + $id + " = ANY ($4))
                AND ($5::bigint IS NULL OR $6::integer IS NOT NULL OR EXISTS (
                        SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $5
                         OFFSET 0))
                AND ($5 IS NULL OR $6 IS NULL OR EXISTS (
                        SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $5
                           AND stock_quantity <= $6))
                AND ($6::integer IS NULL OR $5 IS NOT NULL OR quantity <= $6)
                AND ($9::integer IS NULL
                     OR quantity <= coalesce(items.low_stock, $9) AND coalesce(items.low_stock, $9) > 0)
                AND " + $after + "
              ORDER BY " + $order + " LIMIT $7",
            $filters.category,
            $filters.patterns(),
            $filters.comparison(),
            $filters.named.as_deref(),
            $filters.warehouse,
            $filters.quantity_max,
            $query.limit + 1,
            $query.archived,
            $query.low,
            $($cursor),+
        )
    };
}

/// Selects items by all filters but the ids of names, in order of quantity. Reads one page of each category from its index,
/// and merges them. The items are never sorted as a whole. The cursor's parameters begin with $9.
macro_rules! merge_categories {
    (after $after:literal, order $order:literal, $query:ident, $filters:ident, $($cursor:ident),+) => {
        sqlx::query_as!(
            ItemRow,
            r#"WITH RECURSIVE known (category) AS (
                   SELECT min(category) FROM items WHERE $1::text IS NULL
                   UNION ALL
                   SELECT (SELECT min(items.category) FROM items WHERE items.category > known.category)
                     FROM known WHERE known.category IS NOT NULL
               ), wanted AS (
                   SELECT category FROM known WHERE category IS NOT NULL
                   UNION ALL
                   SELECT $1 WHERE $1 IS NOT NULL
               )
               SELECT id AS "id!", name AS "name!", description, quantity AS "quantity!", price AS "price!",
                      category, created_at AS "created_at!", updated_at AS "updated_at!", sku, barcodes, archived_at, low_stock
                 FROM (SELECT found.* FROM wanted CROSS JOIN LATERAL (
                           SELECT items.id, items.name, items.description, items.quantity, items.price, items.category,
                                  items.created_at, items.updated_at, items.sku, items.barcodes, items.archived_at, items.low_stock
                             FROM items
                            WHERE (items.archived_at IS NOT NULL) = $7 AND items.category = wanted.category AND ($2::text[] IS NULL OR EXISTS (
                                      SELECT FROM item_names WHERE item_id = items.id
                                         AND search_text(name, folded, $3) LIKE ALL ($2) OFFSET 0))
                              AND ($4::bigint IS NULL OR $5::integer IS NOT NULL OR EXISTS (
                                      SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $4
                                       OFFSET 0))
                              AND ($4 IS NULL OR $5 IS NULL OR EXISTS (
                                      SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $4
                                         AND stock_quantity <= $5))
                              AND ($5::integer IS NULL OR $4 IS NOT NULL OR quantity <= $5)
                              AND ($8::integer IS NULL
                                   OR quantity <= coalesce(items.low_stock, $8) AND coalesce(items.low_stock, $8) > 0)
                              AND "# + $after + "
                            ORDER BY " + $order + ", items.id LIMIT $6
                       ) AS found
                       UNION ALL
                       (SELECT items.id, items.name, items.description, items.quantity, items.price, items.category,
                               items.created_at, items.updated_at, items.sku, items.barcodes, items.archived_at, items.low_stock
                          FROM items
                         WHERE (items.archived_at IS NOT NULL) = $7 AND $1::text IS NULL AND items.category IS NULL AND ($2::text[] IS NULL OR EXISTS (
                                      SELECT FROM item_names WHERE item_id = items.id
                                         AND search_text(name, folded, $3) LIKE ALL ($2) OFFSET 0))
                           AND ($4::bigint IS NULL OR $5::integer IS NOT NULL OR EXISTS (
                                   SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $4
                                    OFFSET 0))
                           AND ($4 IS NULL OR $5 IS NULL OR EXISTS (
                                   SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $4
                                      AND stock_quantity <= $5))
                           AND ($5::integer IS NULL OR $4 IS NOT NULL OR quantity <= $5)
                           AND ($8::integer IS NULL
                                OR quantity <= coalesce(items.low_stock, $8) AND coalesce(items.low_stock, $8) > 0)
                           AND " + $after + "
                         ORDER BY " + $order + ", items.id LIMIT $6)) AS found
                ORDER BY " + $order + ", id LIMIT $6",
            $filters.category,
            $filters.patterns(),
            $filters.comparison(),
            $filters.warehouse,
            $filters.quantity_max,
            $query.limit + 1,
            $query.archived,
            $query.low,
            $($cursor),+
        )
    };
}

impl Store {
    /// Returns the available units of these stock levels. Levels that do not exist are left out.
    pub async fn levels_get(&self, levels: &[LevelKey]) -> Result<HashMap<LevelKey, i32>> {
        let (items, warehouses): (Vec<_>, Vec<_>) =
            levels.iter().map(|key| (key.item.0, key.warehouse.0)).unzip();
        let rows = sqlx::query!(
            "SELECT product_id, inventory.warehouse_id, stock_quantity
               FROM inventory JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (item_id, warehouse_id)
                 ON product_id = wanted.item_id AND inventory.warehouse_id = wanted.warehouse_id",
            &items,
            &warehouses
        )
        .fetch_all(&self.lookups)
        .await?;
        let levels = rows.into_iter().map(|row| {
            let key = LevelKey { item: ItemId(row.product_id), warehouse: WarehouseId(row.warehouse_id) };
            (key, row.stock_quantity)
        });
        Ok(levels.collect())
    }

    /// Returns a page of items. A search finds items by SKU and by barcode too. On the first page, these come before the items
    /// in the order of the list, up to half of the page.
    pub async fn item_list(&self, query: &ItemQuery) -> Result<Page<Item>> {
        let keyed = match &query.name_part {
            Some(text) => self.items_by_key(text, KEYED_ITEMS_MAX).await?,
            None => Vec::new(),
        };
        let mut filters = self.item_filters(query).await?;
        if let Some(named) = &mut filters.named {
            named.extend(&keyed);
        }
        let half = usize::try_from(query.limit / 2).unwrap_or(usize::MAX);
        let first_ids = &keyed[..keyed.len().min(half)];
        if first_ids.is_empty() {
            return self.items_page(query, filters).await;
        }
        let mut first = Vec::new();
        if query.after.is_none() {
            let by_key = Filters { search: None, named: Some(first_ids.to_vec()), ..filters.clone() };
            first = self.items_page(query, by_key).await?.rows;
        }
        let limit = query.limit - i64::try_from(first.len()).unwrap_or(0);
        let mut page = self.items_page(&ItemQuery { limit, ..query.clone() }, filters).await?;
        page.rows.retain(|item| !first_ids.contains(&item.id.0));
        page.rows.splice(0..0, first);
        Ok(page)
    }

    async fn items_page(&self, query: &ItemQuery, filters: Filters<'_>) -> Result<Page<Item>> {
        // One statement per sort order: a fixed statement is checked at compile time, and its plan uses the index of its
        // order. An absent filter is NULL, and PostgreSQL removes it when it plans with the actual values.
        let rows = match (query.sort, &filters.named) {
            (ItemSort::Id, _) => self.items_by_id(query, &filters).await?,
            (ItemSort::IdDesc, _) => self.items_by_id_desc(query, &filters).await?,
            (ItemSort::Name, _) => self.items_by_name(query, &filters).await?,
            (ItemSort::NameDesc, _) => self.items_by_name_desc(query, &filters).await?,
            (ItemSort::QuantityDesc, Some(_)) => self.named_by_quantity_desc(query, &filters).await?,
            (ItemSort::QuantityAsc, Some(_)) => self.named_by_quantity_asc(query, &filters).await?,
            (ItemSort::QuantityDesc, None) => self.items_by_quantity_desc(query, &filters).await?,
            (ItemSort::QuantityAsc, None) => self.items_by_quantity_asc(query, &filters).await?,
        };
        let items = rows.into_iter().map(item_from).collect::<Result<Vec<_>>>()?;
        let cursor = |item: &Item| match query.sort {
            ItemSort::Id | ItemSort::IdDesc => ItemCursor::Id(item.id).text(),
            ItemSort::Name | ItemSort::NameDesc => ItemCursor::Name(item.name.clone(), item.id).text(),
            ItemSort::QuantityDesc | ItemSort::QuantityAsc => {
                ItemCursor::Quantity(item.quantity, item.id).text()
            }
        };
        Ok(Page::cut(items, query.limit, cursor))
    }

    /// Builds the filters. A search that few names match is replaced by the ids of their items. If many names match, a page is
    /// soon full in any order, and the search stays a pattern.
    async fn item_filters<'a>(&self, query: &'a ItemQuery) -> Result<Filters<'a>> {
        let filters = Filters {
            category: query.category.as_ref().map(|name| name.as_str()),
            search: None,
            named: None,
            warehouse: query.warehouse.map(|warehouse| warehouse.0),
            quantity_max: query.quantity_max,
        };
        let Some(text) = &query.name_part else { return Ok(filters) };
        let (search, named) = self.names_search(text).await?;
        let few = i64::try_from(named.len()).is_ok_and(|found| found <= NAMED_ITEMS_MAX);
        let (search, named) = if few { (None, Some(named)) } else { (Some(search), None) };
        Ok(Filters { search, named, ..filters })
    }

    async fn items_by_id(&self, query: &ItemQuery, filters: &Filters<'_>) -> Result<Vec<ItemRow>> {
        let after = match &query.after {
            Some(ItemCursor::Id(id)) => Some(id.0),
            _ => None,
        };
        let rows = select_items!(
            from "items", id "items.id",
            after "($10::bigint IS NULL OR items.id > $10)", order "items.id",
            query, filters, after
        );
        Ok(rows.fetch_all(self.lists().await).await?)
    }

    async fn items_by_id_desc(&self, query: &ItemQuery, filters: &Filters<'_>) -> Result<Vec<ItemRow>> {
        let after = match &query.after {
            Some(ItemCursor::Id(id)) => Some(id.0),
            _ => None,
        };
        let rows = select_items!(
            from "items", id "items.id",
            after "($10::bigint IS NULL OR items.id < $10)", order "items.id DESC",
            query, filters, after
        );
        Ok(rows.fetch_all(self.lists().await).await?)
    }

    async fn items_by_name_desc(&self, query: &ItemQuery, filters: &Filters<'_>) -> Result<Vec<ItemRow>> {
        let (name, id) = match &query.after {
            Some(ItemCursor::Name(name, id)) => (Some(name.as_str()), Some(id.0)),
            _ => (None, None),
        };
        let rows = select_items!(
            from "item_names JOIN items ON items.id = item_names.item_id",
            id "item_names.item_id",
            after "($10::text IS NULL OR (item_names.name COLLATE \"und-x-icu\", item_names.item_id) < ($10, $11))",
            order "item_names.name COLLATE \"und-x-icu\" DESC, item_names.item_id DESC",
            query, filters, name, id
        );
        Ok(rows.fetch_all(self.lists().await).await?)
    }

    async fn items_by_name(&self, query: &ItemQuery, filters: &Filters<'_>) -> Result<Vec<ItemRow>> {
        let (name, id) = match &query.after {
            Some(ItemCursor::Name(name, id)) => (Some(name.as_str()), Some(id.0)),
            _ => (None, None),
        };
        let rows = select_items!(
            from "item_names JOIN items ON items.id = item_names.item_id",
            id "item_names.item_id",
            after "($10::text IS NULL OR (item_names.name COLLATE \"und-x-icu\", item_names.item_id) > ($10, $11))",
            order "item_names.name COLLATE \"und-x-icu\", item_names.item_id",
            query, filters, name, id
        );
        Ok(rows.fetch_all(self.lists().await).await?)
    }

    async fn named_by_quantity_desc(&self, query: &ItemQuery, filters: &Filters<'_>) -> Result<Vec<ItemRow>> {
        let (quantity, id) = quantity_cursor(query);
        let rows = select_items!(
            from "items", id "items.id",
            after "($10::integer IS NULL OR (items.quantity <= $10 AND (items.quantity < $10 OR items.id > $11)))",
            order "quantity DESC, items.id",
            query, filters, quantity, id
        );
        Ok(rows.fetch_all(self.lists().await).await?)
    }

    async fn named_by_quantity_asc(&self, query: &ItemQuery, filters: &Filters<'_>) -> Result<Vec<ItemRow>> {
        let (quantity, id) = quantity_cursor(query);
        let rows = select_items!(
            from "items", id "items.id",
            after "($10::integer IS NULL OR (items.quantity >= $10 AND (items.quantity > $10 OR items.id > $11)))",
            order "quantity, items.id",
            query, filters, quantity, id
        );
        Ok(rows.fetch_all(self.lists().await).await?)
    }

    async fn items_by_quantity_desc(&self, query: &ItemQuery, filters: &Filters<'_>) -> Result<Vec<ItemRow>> {
        let (quantity, id) = quantity_cursor(query);
        let rows = merge_categories!(
            after "($9::integer IS NULL OR (items.quantity <= $9 AND (items.quantity < $9 OR items.id > $10)))",
            order "quantity DESC",
            query, filters, quantity, id
        );
        Ok(rows.fetch_all(self.lists().await).await?)
    }

    async fn items_by_quantity_asc(&self, query: &ItemQuery, filters: &Filters<'_>) -> Result<Vec<ItemRow>> {
        let (quantity, id) = quantity_cursor(query);
        let rows = merge_categories!(
            after "($9::integer IS NULL OR (items.quantity >= $9 AND (items.quantity > $9 OR items.id > $10)))",
            order "quantity",
            query, filters, quantity, id
        );
        Ok(rows.fetch_all(self.lists().await).await?)
    }
}

fn quantity_cursor(query: &ItemQuery) -> (Option<i32>, Option<i64>) {
    match &query.after {
        Some(ItemCursor::Quantity(quantity, id)) => (Some(*quantity), Some(id.0)),
        _ => (None, None),
    }
}

/// The items that a count with filters reads, if the filters are not those of an index.
const COUNTED_ITEMS_MAX: i64 = 100_000;

impl Store {
    /// Returns the number of items of a list, up to [`TOTAL_MAX`]. The filters are checked on at most [`COUNTED_ITEMS_MAX`]
    /// items, so the total of a list with rare matches may be a lower bound.
    pub async fn item_total(&self, query: &ItemQuery) -> Result<Total> {
        let keyed = match &query.name_part {
            Some(text) => self.items_by_key(text, KEYED_ITEMS_MAX).await?,
            None => Vec::new(),
        };
        let mut filters = self.item_filters(query).await?;
        if let Some(named) = &mut filters.named {
            named.extend(&keyed);
        }
        let row = sqlx::query!(
            r#"WITH part AS MATERIALIZED (
                   SELECT items.id, items.quantity, items.low_stock FROM items
                    WHERE (items.archived_at IS NOT NULL) = $7 AND ($1::text IS NULL OR items.category = $1)
                      AND ($4::bigint[] IS NULL OR items.id = ANY ($4))
                    LIMIT $9
               )
               SELECT (SELECT count(*) FROM part) AS "read!",
                      (SELECT count(*) FROM (
                           SELECT FROM part AS items
                            WHERE ($2::text[] IS NULL OR EXISTS (
                                      SELECT FROM item_names
                                       WHERE item_id = items.id AND search_text(name, folded, $3) LIKE ALL ($2) OFFSET 0))
                              AND ($5::bigint IS NULL OR EXISTS (
                                      SELECT FROM inventory
                                       WHERE product_id = items.id AND inventory.warehouse_id = $5
                                         AND ($6::integer IS NULL OR stock_quantity <= $6) OFFSET 0))
                              AND ($6::integer IS NULL OR $5 IS NOT NULL OR quantity <= $6)
                              AND ($8::integer IS NULL
                                   OR quantity <= coalesce(low_stock, $8) AND coalesce(low_stock, $8) > 0)
                            LIMIT $10) AS matching) AS "found!""#,
            filters.category,
            filters.patterns(),
            filters.comparison(),
            filters.named.as_deref(),
            filters.warehouse,
            filters.quantity_max,
            query.archived,
            query.low,
            COUNTED_ITEMS_MAX + 1,
            TOTAL_MAX + 1
        );
        let row = row.fetch_one(self.lists().await).await?;
        Ok(Total::bounded(usize::try_from(row.found).unwrap_or(0), row.read <= COUNTED_ITEMS_MAX))
    }
}
