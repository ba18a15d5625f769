//! The lists of items: filtered, sorted, page by page.

use crate::items::{ItemRow, item_from};
use crate::{Result, Store};
use domain::{Item, ItemCursor, ItemQuery, ItemSort, Page};

impl Store {
    /// A page of items.
    pub async fn item_list(&self, query: &ItemQuery) -> Result<Page<Item>> {
        // A statement for each order: one that is fixed can be checked when it is compiled, and its plan follows
        // the index of its order. A filter that is absent is NULL, and PostgreSQL drops it when it plans with
        // the values at hand.
        let rows = match query.sort {
            ItemSort::Id => self.items_by_id(query).await?,
            ItemSort::Name => self.items_by_name(query).await?,
            ItemSort::QuantityDesc if query.name_part.is_some() => self.found_by_quantity_desc(query).await?,
            ItemSort::QuantityAsc if query.name_part.is_some() => self.found_by_quantity_asc(query).await?,
            ItemSort::QuantityDesc => self.items_by_quantity_desc(query).await?,
            ItemSort::QuantityAsc => self.items_by_quantity_asc(query).await?,
        };
        let items = rows.into_iter().map(item_from).collect::<Result<Vec<_>>>()?;
        let cursor = |item: &Item| match query.sort {
            ItemSort::Id => ItemCursor::Id(item.id).text(),
            ItemSort::Name => ItemCursor::Name(item.name.clone(), item.id).text(),
            ItemSort::QuantityDesc | ItemSort::QuantityAsc => {
                ItemCursor::Quantity(item.quantity, item.id).text()
            }
        };
        Ok(Page::cut(items, query.limit, cursor))
    }

    async fn items_by_id(&self, query: &ItemQuery) -> Result<Vec<ItemRow>> {
        let Filters { category, pattern, warehouse, quantity_max } = filters(query);
        let after = match &query.after {
            Some(ItemCursor::Id(id)) => Some(id.0),
            _ => None,
        };
        let rows = sqlx::query_as!(
            ItemRow,
            "SELECT id, name, description, quantity, price, category, created_at, updated_at
               FROM items
              WHERE ($1::text IS NULL OR category = $1) AND ($2::text IS NULL OR name ILIKE $2)
                AND ($3::bigint IS NULL OR id > $3)
                AND ($5::bigint IS NULL OR EXISTS (
                    SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $5
                       AND ($6::integer IS NULL OR stock_quantity <= $6)))
                AND ($6::integer IS NULL OR $5 IS NOT NULL OR quantity <= $6)
              ORDER BY id LIMIT $4",
            category,
            pattern,
            after,
            query.limit + 1,
            warehouse,
            quantity_max
        );
        Ok(rows.fetch_all(&self.reads).await?)
    }

    async fn items_by_name(&self, query: &ItemQuery) -> Result<Vec<ItemRow>> {
        let Filters { category, pattern, warehouse, quantity_max } = filters(query);
        let (name, id) = match &query.after {
            Some(ItemCursor::Name(name, id)) => (Some(name.as_str()), Some(id.0)),
            _ => (None, None),
        };
        let rows = sqlx::query_as!(
            ItemRow,
            "SELECT id, name, description, quantity, price, category, created_at, updated_at
               FROM items
              WHERE ($1::text IS NULL OR category = $1) AND ($2::text IS NULL OR name ILIKE $2)
                AND ($3::text IS NULL OR (name, id) > ($3, $4))
                AND ($6::bigint IS NULL OR EXISTS (
                    SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $6
                       AND ($7::integer IS NULL OR stock_quantity <= $7)))
                AND ($7::integer IS NULL OR $6 IS NOT NULL OR quantity <= $7)
              ORDER BY name, id LIMIT $5",
            category,
            pattern,
            name,
            id,
            query.limit + 1,
            warehouse,
            quantity_max
        );
        Ok(rows.fetch_all(&self.reads).await?)
    }

    async fn found_by_quantity_desc(&self, query: &ItemQuery) -> Result<Vec<ItemRow>> {
        let Filters { category, pattern, warehouse, quantity_max } = filters(query);
        let (quantity, id) = quantity_cursor(query);
        let rows = sqlx::query_as!(
            ItemRow,
            "SELECT id, name, description, quantity, price, category, created_at, updated_at
               FROM items
              WHERE ($1::text IS NULL OR category = $1) AND ($2::text IS NULL OR name ILIKE $2)
                AND ($3::integer IS NULL OR (quantity <= $3 AND (quantity < $3 OR id > $4)))
                AND ($6::bigint IS NULL OR EXISTS (
                    SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $6
                       AND ($7::integer IS NULL OR stock_quantity <= $7)))
                AND ($7::integer IS NULL OR $6 IS NOT NULL OR quantity <= $7)
              ORDER BY quantity DESC, id LIMIT $5",
            category,
            pattern,
            quantity,
            id,
            query.limit + 1,
            warehouse,
            quantity_max
        );
        Ok(rows.fetch_all(&self.reads).await?)
    }

    async fn found_by_quantity_asc(&self, query: &ItemQuery) -> Result<Vec<ItemRow>> {
        let Filters { category, pattern, warehouse, quantity_max } = filters(query);
        let (quantity, id) = quantity_cursor(query);
        let rows = sqlx::query_as!(
            ItemRow,
            "SELECT id, name, description, quantity, price, category, created_at, updated_at
               FROM items
              WHERE ($1::text IS NULL OR category = $1) AND ($2::text IS NULL OR name ILIKE $2)
                AND ($3::integer IS NULL OR (quantity, id) > ($3, $4))
                AND ($6::bigint IS NULL OR EXISTS (
                    SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $6
                       AND ($7::integer IS NULL OR stock_quantity <= $7)))
                AND ($7::integer IS NULL OR $6 IS NOT NULL OR quantity <= $7)
              ORDER BY quantity, id LIMIT $5",
            category,
            pattern,
            quantity,
            id,
            query.limit + 1,
            warehouse,
            quantity_max
        );
        Ok(rows.fetch_all(&self.reads).await?)
    }

    /// Takes a page of each category out of its index, and of those the page: what is not asked for by name is
    /// never sorted whole.
    async fn items_by_quantity_desc(&self, query: &ItemQuery) -> Result<Vec<ItemRow>> {
        let Filters { category, warehouse, quantity_max, .. } = filters(query);
        let (quantity, id) = quantity_cursor(query);
        let rows = sqlx::query_as!(
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
                      category, created_at AS "created_at!", updated_at AS "updated_at!"
                 FROM (SELECT found.* FROM wanted CROSS JOIN LATERAL
                          (SELECT items.id, items.name, items.description, items.quantity, items.price, items.category,
                          items.created_at, items.updated_at
                             FROM items
                            WHERE items.category = wanted.category
                              AND ($5::integer IS NULL OR (quantity <= $5 AND (quantity < $5 OR items.id > $6)))
                              AND ($3::bigint IS NULL OR EXISTS (
                                  SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $3
                                     AND ($4::integer IS NULL OR stock_quantity <= $4)))
                              AND ($4::integer IS NULL OR $3 IS NOT NULL OR quantity <= $4)
                            ORDER BY quantity DESC, id LIMIT $2) AS found
                       UNION ALL
                       (SELECT items.id, items.name, items.description, items.quantity, items.price, items.category,
                          items.created_at, items.updated_at
                          FROM items
                         WHERE $1::text IS NULL AND items.category IS NULL
                           AND ($5::integer IS NULL OR (quantity <= $5 AND (quantity < $5 OR items.id > $6)))
                           AND ($3::bigint IS NULL OR EXISTS (
                               SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $3
                                  AND ($4::integer IS NULL OR stock_quantity <= $4)))
                           AND ($4::integer IS NULL OR $3 IS NOT NULL OR quantity <= $4)
                         ORDER BY quantity DESC, id LIMIT $2)) AS found
                ORDER BY quantity DESC, id LIMIT $2"#,
            category,
            query.limit + 1,
            warehouse,
            quantity_max,
            quantity,
            id
        );
        Ok(rows.fetch_all(&self.reads).await?)
    }

    /// As [`Store::items_by_quantity_desc`], the other way round.
    async fn items_by_quantity_asc(&self, query: &ItemQuery) -> Result<Vec<ItemRow>> {
        let Filters { category, warehouse, quantity_max, .. } = filters(query);
        let (quantity, id) = quantity_cursor(query);
        let rows = sqlx::query_as!(
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
                      category, created_at AS "created_at!", updated_at AS "updated_at!"
                 FROM (SELECT found.* FROM wanted CROSS JOIN LATERAL
                          (SELECT items.id, items.name, items.description, items.quantity, items.price, items.category,
                          items.created_at, items.updated_at
                             FROM items
                            WHERE items.category = wanted.category
                              AND ($5::integer IS NULL OR (quantity >= $5 AND (quantity > $5 OR items.id > $6)))
                              AND ($3::bigint IS NULL OR EXISTS (
                                  SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $3
                                     AND ($4::integer IS NULL OR stock_quantity <= $4)))
                              AND ($4::integer IS NULL OR $3 IS NOT NULL OR quantity <= $4)
                            ORDER BY quantity, id LIMIT $2) AS found
                       UNION ALL
                       (SELECT items.id, items.name, items.description, items.quantity, items.price, items.category,
                          items.created_at, items.updated_at
                          FROM items
                         WHERE $1::text IS NULL AND items.category IS NULL
                           AND ($5::integer IS NULL OR (quantity >= $5 AND (quantity > $5 OR items.id > $6)))
                           AND ($3::bigint IS NULL OR EXISTS (
                               SELECT FROM inventory WHERE product_id = items.id AND inventory.warehouse_id = $3
                                  AND ($4::integer IS NULL OR stock_quantity <= $4)))
                           AND ($4::integer IS NULL OR $3 IS NOT NULL OR quantity <= $4)
                         ORDER BY quantity, id LIMIT $2)) AS found
                ORDER BY quantity, id LIMIT $2"#,
            category,
            query.limit + 1,
            warehouse,
            quantity_max,
            quantity,
            id
        );
        Ok(rows.fetch_all(&self.reads).await?)
    }
}

/// A query's filters as the statements take them.
struct Filters<'a> {
    category: Option<&'a str>,
    pattern: Option<String>,
    warehouse: Option<i64>,
    quantity_max: Option<i32>,
}

fn filters(query: &ItemQuery) -> Filters<'_> {
    let pattern = query.name_part.as_ref().map(|part| {
        let escaped = part.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        format!("%{escaped}%")
    });
    Filters {
        category: query.category.as_ref().map(|name| name.as_str()),
        pattern,
        warehouse: query.warehouse.map(|warehouse| warehouse.0),
        quantity_max: query.quantity_max,
    }
}

fn quantity_cursor(query: &ItemQuery) -> (Option<i32>, Option<i64>) {
    match &query.after {
        Some(ItemCursor::Quantity(quantity, id)) => (Some(*quantity), Some(id.0)),
        _ => (None, None),
    }
}
