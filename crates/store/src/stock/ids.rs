//! Reservation of block ids.

use crate::pool::Connection;
use crate::{PinnedConnection, Result, WriteTransaction};
use domain::{BlockId, OrderId, Time};

impl WriteTransaction {
    /// Reserves `count` block ids. A sequence returns each id once.
    pub async fn block_ids_reserve(&mut self, count: usize) -> Result<Vec<BlockId>> {
        Ok(block_ids_reserve(&mut self.transaction, count).await?.0)
    }
}

impl PinnedConnection {
    /// Reserves `count` block ids, and reads the database's time.
    pub async fn block_ids_reserve(&self, count: usize) -> Result<(Vec<BlockId>, Time)> {
        let mut connection = self.connection().await?;
        let reserved = block_ids_reserve(&mut connection, count).await?;
        self.release(connection);
        Ok(reserved)
    }
}

async fn block_ids_reserve(connection: &mut Connection, count: usize) -> Result<(Vec<BlockId>, Time)> {
    let row = sqlx::query!(
        r#"SELECT array_agg(nextval('block_inventory_id_seq')) AS ids, clock_timestamp() AS "now!"
             FROM generate_series(1, $1::bigint)"#,
        i64::try_from(count).unwrap_or(i64::MAX)
    )
    .fetch_one(connection)
    .await?;
    Ok((row.ids.unwrap_or_default().into_iter().map(BlockId).collect(), row.now))
}

impl WriteTransaction {
    /// Reserves ids of orders. They are not used again, also if the transaction is rolled back.
    pub async fn order_ids(&mut self, count: usize) -> Result<Vec<OrderId>> {
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        let ids = sqlx::query_scalar!(
            r#"SELECT nextval(pg_get_serial_sequence('orders', 'id')) AS "id!" FROM generate_series(1, $1)"#,
            count
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(ids.into_iter().map(OrderId).collect())
    }
}
