//! The sums of archived movements, from their files and from the checkpoints.

use crate::Result;
use domain::ArchiveKind;
use sqlx::PgConnection;
use std::collections::HashMap;

/// The sums of a stock level: movements, available, held, committed, damaged and quarantined units.
type LevelSums = [i64; 6];

/// The sums of a block or an order: change of the level, shipped and returned units.
type HolderSums = [i64; 3];

/// Sums of archived movements, without those that are zero.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ArchivedSums {
    /// By item and warehouse.
    levels: HashMap<(i64, i64), LevelSums>,
    /// By item, warehouse, `block` or `order`, and its id.
    holders: HashMap<(i64, i64, String, i64), HolderSums>,
}

/// Adds sums to those of a key, and removes those that are zero.
fn add<K: Eq + std::hash::Hash + Clone, const N: usize>(
    all: &mut HashMap<K, [i64; N]>,
    key: K,
    sums: [i64; N],
) {
    let present = all.entry(key.clone()).or_insert([0; N]);
    present.iter_mut().zip(sums).for_each(|(present, more)| *present += more);
    if present.iter().all(|sum| *sum == 0) {
        all.remove(&key);
    }
}

/// Adds the movements of a JSON array, as the archive has them, to the sums.
pub(super) async fn add_lines(
    connection: &mut PgConnection,
    sums: &mut ArchivedSums,
    lines: &str,
) -> Result<()> {
    let levels = sqlx::query!(
        r#"SELECT movements.item_id AS "item_id!", movements.warehouse_id AS "warehouse_id!", count(*) AS "movements!",
                  sum(change)::bigint AS "available!", sum(effects.held)::bigint AS "held!",
                  sum(effects.committed)::bigint AS "committed!", sum(effects.damaged)::bigint AS "damaged!",
                  sum(effects.quarantined)::bigint AS "quarantined!"
             FROM json_to_recordset($1::text::json) AS movements (item_id bigint, warehouse_id bigint, change integer,
                      reason text, units integer, condition text, confirmed_units integer)
            CROSS JOIN LATERAL stock_movement_effects(reason, change, units, condition, confirmed_units) AS effects
            GROUP BY movements.item_id, movements.warehouse_id"#,
        lines
    );
    for row in levels.fetch_all(&mut *connection).await? {
        let units = [row.movements, row.available, row.held, row.committed, row.damaged, row.quarantined];
        add(&mut sums.levels, (row.item_id, row.warehouse_id), units);
    }
    let holders = sqlx::query!(
        r#"SELECT movements.item_id AS "item_id!", movements.warehouse_id AS "warehouse_id!", sides.holder AS "holder!",
                  coalesce(sides.holder_id, 0) AS "holder_id!", sum(sides.change)::bigint AS "change!",
                  sum(sides.shipped)::bigint AS "shipped!", sum(sides.returned)::bigint AS "returned!"
             FROM json_to_recordset($1::text::json) AS movements (item_id bigint, warehouse_id bigint, change integer,
                      reason text, units integer, block_id bigint, order_id bigint)
            CROSS JOIN LATERAL ledger_holder_units(reason, movements.change, units, block_id, order_id) AS sides
            GROUP BY 1, 2, 3, 4"#,
        lines
    );
    for row in holders.fetch_all(connection).await? {
        let key = (row.item_id, row.warehouse_id, row.holder, row.holder_id);
        add(&mut sums.holders, key, [row.change, row.shipped, row.returned]);
    }
    Ok(())
}

/// Reads the checkpoints.
async fn checkpoints(connection: &mut PgConnection) -> Result<ArchivedSums> {
    let mut sums = ArchivedSums::default();
    let levels = sqlx::query!(
        "SELECT item_id, warehouse_id, movements, available, held, committed, damaged, quarantined FROM ledger_checkpoints"
    );
    for row in levels.fetch_all(&mut *connection).await? {
        let units = [row.movements, row.available, row.held, row.committed, row.damaged, row.quarantined];
        add(&mut sums.levels, (row.item_id, row.warehouse_id), units);
    }
    let holders = sqlx::query!(
        "SELECT item_id, warehouse_id, holder, holder_id, change, shipped, returned FROM ledger_holders"
    );
    for row in holders.fetch_all(connection).await? {
        let key = (row.item_id, row.warehouse_id, row.holder, row.holder_id);
        add(&mut sums.holders, key, [row.change, row.shipped, row.returned]);
    }
    Ok(sums)
}

/// Returns a text per checkpoint that differs from the sums of the files, by item.
pub(super) async fn differences(connection: &mut PgConnection, files: &ArchivedSums) -> Result<Vec<String>> {
    let present = checkpoints(connection).await?;
    let mut found = Vec::new();
    for key in files.levels.keys().chain(present.levels.keys().filter(|key| !files.levels.contains_key(key)))
    {
        let [in_files, in_database] =
            [&files.levels, &present.levels].map(|sums| sums.get(key).copied().unwrap_or_default());
        if in_files != in_database {
            let (item, warehouse) = *key;
            let text = format!(
                "The checkpoint of item {item} in warehouse {warehouse} is {in_database:?}, but the files have {in_files:?} \
                 (movements, available, held, committed, damaged, quarantined)"
            );
            found.push((item, warehouse, text));
        }
    }
    for key in
        files.holders.keys().chain(present.holders.keys().filter(|key| !files.holders.contains_key(key)))
    {
        let [in_files, in_database] =
            [&files.holders, &present.holders].map(|sums| sums.get(key).copied().unwrap_or_default());
        if in_files != in_database {
            let (item, warehouse, holder, id) = key;
            let text = format!(
                "The checkpoint of {holder} {id} of item {item} in warehouse {warehouse} is {in_database:?}, but the files \
                 have {in_files:?} (change, shipped, returned)"
            );
            found.push((*item, *warehouse, text));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, _, text)| text).collect())
}

/// Returns the position of an archive.
pub(super) async fn position(connection: &mut PgConnection, kind: ArchiveKind) -> Result<i64> {
    let position =
        sqlx::query_scalar!("SELECT position FROM archive_positions WHERE kind = $1", kind.as_str());
    Ok(position.fetch_one(connection).await?)
}

/// Returns the identity of the ledger, a UUID.
pub(super) async fn ledger(connection: &mut PgConnection) -> Result<String> {
    let ledger = sqlx::query_scalar!(r#"SELECT id::text AS "id!" FROM ledger_identity"#);
    Ok(ledger.fetch_one(connection).await?)
}
