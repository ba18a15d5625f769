//! The list of orders, with a statement per access path.
//!
//! One filter chooses the index: the reference, the item, the queue, the creation time, the warehouse, or the status, in this
//! sequence. The other filters are checked row by row on at most [`SCANNED_ROWS_MAX`] entries of the index. The page then ends at the
//! last entry that was read, so it may have fewer orders than its limit.
//!
//! The queue's index has another order than the list. A list of waiting orders therefore has the first [`SCANNED_ROWS_MAX`] + 1
//! orders of the queue only: one more than are counted, so that the total of a longer queue is not exact.

use crate::orders::{OrderRow, order_status, with_lines};
use crate::pool::Connection;
use crate::{Result, Store};
use domain::{
    Order, OrderCursor, OrderFilter, OrderId, OrderQuery, OrderStatus, Page, PageQuery, SoldOrder, TOTAL_MAX,
    Time, Total,
};

/// The entries of an index that one page reads, if there are filters besides that of the index.
const SCANNED_ROWS_MAX: i64 = 10_000;

/// Selects the places of a page in a list. `part` is the last entry of the part of the index that the page reads; it exists
/// only if the part is full. The conditions compare rows, so that no other index has the order of the list.
///
/// The parameters are the same for each access path: $1 and $2 the place before the page, $3 the entries of a part, $4 the
/// number of `part`, $5 the number of places, then the filters: $6 the status, $7 the warehouse, $8 and $9 the creation time,
/// $10 the item, $11 the reference, $12 whether the order waits.
macro_rules! select_places {
    ($connection:expr, $query:expr, from $table:literal, id $id:literal, at $at:literal,
     where ($($condition:literal)+), order by ($($order:literal)+)) => {{
        let OrderQuery { filter, limit, after, .. } = $query;
        let (at, id) = after.map(|after| after.parts()).unzip();
        let is_bounded = filter.count() > 1;
        sqlx::query!(
            r#"WITH part AS MATERIALIZED (
                   SELECT "#
                + $id
                + " AS id, "
                + $at
                + " AS at FROM "
                + $table
                + " WHERE "
                + $($condition +)+ "
                    ORDER BY "
                + $($order +)+ r#" OFFSET $3::bigint - 1 LIMIT $4
               )
               (SELECT entries.id AS "id!", entries.at, false AS "is_end!"
                  FROM (SELECT "#
                + $id
                + " AS id, "
                + $at
                + " AS at FROM "
                + $table
                + " WHERE "
                + $($condition +)+ "
                         ORDER BY "
                + $($order +)+ r#" LIMIT $3) AS entries
                 CROSS JOIN LATERAL (
                       SELECT FROM orders
                        WHERE orders.id = entries.id AND ($6::text IS NULL OR orders.status = $6)
                          AND ($7::bigint IS NULL OR (SELECT true FROM order_allocations
                                                       WHERE order_id = orders.id AND warehouse_id = $7 LIMIT 1))
                          AND ($8::timestamptz IS NULL OR orders.created_at >= $8)
                          AND ($9::timestamptz IS NULL OR orders.created_at < $9)
                          AND ($10::bigint IS NULL OR (SELECT true FROM order_items
                                                        WHERE order_id = orders.id AND product_id = $10))
                          AND ($11::text IS NULL OR orders.reference = $11)
                          AND (NOT $12::boolean
                               OR orders.waiting_since IS NOT NULL AND orders.status IN ('pending', 'partial'))
                        LIMIT 1) AS matching
                 LIMIT $5)
               UNION ALL SELECT id, at, true FROM part"#,
            id,
            at.flatten(),
            SCANNED_ROWS_MAX,
            i64::from(is_bounded),
            limit + 1,
            filter.status.map(OrderStatus::as_str),
            filter.warehouse.map(|warehouse| warehouse.0),
            filter.from,
            filter.to,
            filter.item.map(|item| item.0),
            filter.reference.as_ref().map(|reference| reference.as_str()),
            filter.is_waiting,
        )
        .map(|row| Place { id: row.id, at: row.at, is_end: row.is_end })
        .fetch_all($connection)
        .await?
    }};
}

/// A place in a list.
#[derive(Debug, Clone, Copy)]
struct Place {
    id: i64,
    /// The creation time, in a list in its order.
    at: Option<Time>,
    /// Whether the place is only the end of the part of the index that was read.
    is_end: bool,
}

impl Place {
    fn cursor(self) -> OrderCursor {
        match self.at {
            Some(at) => OrderCursor::Time(at, OrderId(self.id)),
            None => OrderCursor::Id(OrderId(self.id)),
        }
    }
}

impl Store {
    /// Returns a page of orders with their lines, newest or oldest first. A page of a list with several filters may have fewer orders
    /// than its limit and nevertheless a next page.
    pub async fn order_list(&self, query: &OrderQuery) -> Result<Page<Order>> {
        let mut connection = self.lookups.acquire().await?;
        let (mut places, ends) =
            places(&mut connection, query).await?.into_iter().partition::<Vec<_>, _>(|place| !place.is_end);
        places.sort_by_key(|place| (place.at, place.id));
        if !query.oldest_first {
            places.reverse();
        }
        let page = Page::cut(places, query.limit, |place| place.cursor().text());
        let ids: Vec<_> = page.rows.iter().map(|place| place.id).collect();
        let rows = sqlx::query_as!(
            OrderRow,
            r#"SELECT orders.id, reference, status, warehouse_id, warehouses.code AS "warehouse_code?", created_at, updated_at,
                      allocated_at, allocated_by, cancelled_by, created_by, orders.priority, waiting_since
                 FROM unnest($1::bigint[]) WITH ORDINALITY AS listed (id, place)
                 JOIN orders ON orders.id = listed.id
                 LEFT JOIN warehouses ON warehouses.id = orders.warehouse_id
                ORDER BY listed.place"#,
            &ids
        )
        .fetch_all(&mut *connection)
        .await?;
        let rows = with_lines(&mut connection, rows).await?;
        let end = ends.first().map(|end| end.cursor().text());
        Ok(Page { rows, next: page.next.or(end) })
    }
}

impl Store {
    /// Returns a page of the orders that have taken units, highest id first. The sum over all pages is that of
    /// [`Store::stock_totals`].
    pub async fn sold_orders(&self, slice: PageQuery) -> Result<Page<SoldOrder>> {
        let rows = sqlx::query!(
            r#"SELECT parts.order_id AS "order_id!", orders.reference, orders.status, parts.allocated AS "allocated!",
                      parts.shipped AS "shipped!", parts.returned AS "returned!"
                 FROM (SELECT order_id, sum(allocated)::bigint AS allocated, sum(shipped)::bigint AS shipped,
                              sum(returned)::bigint AS returned
                         FROM order_allocations WHERE order_id < $1
                        GROUP BY order_id ORDER BY order_id DESC LIMIT $2) AS parts
                 JOIN orders ON orders.id = parts.order_id
                ORDER BY parts.order_id DESC"#,
            slice.after.unwrap_or(i64::MAX),
            slice.limit + 1
        )
        .fetch_all(self.lists().await)
        .await?;
        let mut orders = Vec::with_capacity(rows.len());
        for row in rows {
            orders.push(SoldOrder {
                order: OrderId(row.order_id),
                reference: row.reference,
                status: order_status(&row.status)?,
                allocated: row.allocated,
                shipped: row.shipped,
                returned: row.returned,
            });
        }
        Ok(Page::cut(orders, slice.limit, |sold: &SoldOrder| sold.order.to_string()))
    }

    /// Returns the number of orders that match a filter, up to [`TOTAL_MAX`]. With several filters, only the first
    /// [`SCANNED_ROWS_MAX`] entries of the index are counted.
    pub async fn order_total(&self, filter: &OrderFilter) -> Result<Total> {
        let mut connection = self.lookups.acquire().await?;
        let query = OrderQuery { filter: filter.clone(), limit: TOTAL_MAX, after: None, oldest_first: false };
        let (found, ends) =
            places(&mut connection, &query).await?.into_iter().partition::<Vec<_>, _>(|place| !place.is_end);
        Ok(Total::bounded(found.len(), ends.is_empty()))
    }
}

/// Selects the places by the access path of the filters, in one direction. `low` and `high` are the bounds of the ids, of which
/// one is the place before the page; `time` is the condition on the creation time, and `order` the direction.
macro_rules! select_by_path {
    ($connection:expr, $query:expr, low $low:literal, high $high:literal, time $time:literal, order $order:literal) => {{
        let OrderFilter { status, is_waiting, reference, item, warehouse, .. } = &$query.filter;
        if reference.is_some() {
            select_places!($connection, $query, from "orders", id "id", at "NULL::timestamptz",
                where ("reference IS NOT NULL AND $2::timestamptz IS NULL
                    AND (reference, id) > ($11::text, " $low ") AND (reference, id) < ($11::text, " $high ")"),
                order by ("reference" $order ", id" $order))
        } else if item.is_some() {
            select_places!($connection, $query, from "order_items", id "order_id", at "NULL::timestamptz",
                where ("$2::timestamptz IS NULL AND (product_id, order_id) > ($10::bigint, " $low ")
                    AND (product_id, order_id) < ($10::bigint, " $high ")"),
                order by ("product_id" $order ", order_id" $order))
        } else if *is_waiting {
            select_places!($connection, $query,
                from "(SELECT id FROM orders WHERE waiting_since IS NOT NULL AND status IN ('pending', 'partial')
                        ORDER BY -priority, waiting_since, id LIMIT $3::bigint + 1) AS queue",
                id "id", at "NULL::timestamptz",
                where ("$2::timestamptz IS NULL AND id > " $low " AND id < " $high),
                order by ("id" $order))
        } else if $query.filter.is_by_time() {
            select_places!($connection, $query, from "orders", id "id", at "created_at",
                where ($time), order by ("created_at" $order ", id" $order))
        } else if warehouse.is_some() {
            // An order has an entry per item.
            select_places!($connection, $query, from "order_allocations", id "order_id", at "NULL::timestamptz",
                where ("$2::timestamptz IS NULL AND (warehouse_id, order_id) > ($7::bigint, " $low ")
                    AND (warehouse_id, order_id) < ($7::bigint, " $high ")
                    GROUP BY warehouse_id, order_id"),
                order by ("warehouse_id" $order ", order_id" $order))
        } else if status.is_some() {
            select_places!($connection, $query, from "orders", id "id", at "NULL::timestamptz",
                where ("$2::timestamptz IS NULL AND (status, id) > ($6::text, " $low ")
                    AND (status, id) < ($6::text, " $high ")"),
                order by ("status" $order ", id" $order))
        } else {
            select_places!($connection, $query, from "orders", id "id", at "NULL::timestamptz",
                where ("$2::timestamptz IS NULL AND id > " $low " AND id < " $high),
                order by ("id" $order))
        }
    }};
}

/// Returns the places of a page and one more, and the end of the part of the index that was read.
async fn places(connection: &mut Connection, query: &OrderQuery) -> Result<Vec<Place>> {
    let connection = &mut *connection;
    Ok(if query.oldest_first {
        select_by_path!(connection, query,
            low "coalesce($1::bigint, -9223372036854775807)", high "9223372036854775807",
            time "created_at < coalesce($9::timestamptz, '10000-01-01 00:00:00+00')
                AND (created_at, id) > (coalesce($2::timestamptz, $8::timestamptz, '0001-01-01 00:00:00+00'),
                                        coalesce($1::bigint, -9223372036854775807))",
            order " ASC")
    } else {
        select_by_path!(connection, query,
            low "-9223372036854775807", high "coalesce($1::bigint, 9223372036854775807)",
            time "created_at >= coalesce($8::timestamptz, '0001-01-01 00:00:00+00')
                AND (created_at, id) < (coalesce($2::timestamptz, $9::timestamptz, '10000-01-01 00:00:00+00'),
                                        coalesce($1::bigint, -9223372036854775807))",
            order " DESC")
    })
}
