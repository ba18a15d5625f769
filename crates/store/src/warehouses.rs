use crate::{Cause, Result, Store, WriteTransaction};
use domain::{AllowedWarehouses, NewWarehouse, Warehouse, WarehouseId};
use std::collections::BTreeMap;
use std::net::IpAddr;

impl Store {
    /// Returns all warehouses, ordered by code, with their entries in `units_available`.
    pub async fn warehouse_list(
        &self,
        units_available: &BTreeMap<WarehouseId, i64>,
    ) -> Result<Vec<Warehouse>> {
        let rows = sqlx::query!("SELECT id, code, name, is_default FROM warehouses ORDER BY code");
        let rows = rows.fetch_all(&self.lookups).await?;
        let warehouses = rows.into_iter().map(|row| Warehouse {
            id: WarehouseId(row.id),
            code: row.code,
            name: row.name,
            is_default: row.is_default,
            units_available: units_available.get(&WarehouseId(row.id)).copied().unwrap_or(0),
        });
        Ok(warehouses.collect())
    }

    /// Returns the id, code and name of each warehouse, ordered by code.
    pub async fn warehouse_names(&self) -> Result<Vec<(WarehouseId, String, String)>> {
        let rows = sqlx::query!("SELECT id, code, name FROM warehouses ORDER BY code");
        let rows = rows.fetch_all(&self.lookups).await?;
        Ok(rows.into_iter().map(|row| (WarehouseId(row.id), row.code, row.name)).collect())
    }

    /// Returns the ids of all warehouses, and the id of the default warehouse.
    pub async fn warehouse_ids(&self) -> Result<(Vec<WarehouseId>, Option<WarehouseId>)> {
        let rows = sqlx::query!("SELECT id, is_default FROM warehouses").fetch_all(&self.lookups).await?;
        let default = rows.iter().find(|row| row.is_default).map(|row| WarehouseId(row.id));
        Ok((rows.iter().map(|row| WarehouseId(row.id)).collect(), default))
    }
}

/// Returns the limit of a row of `people` or `clients`.
pub(crate) fn allowed_warehouses(ids: Option<Vec<i64>>) -> Result<AllowedWarehouses> {
    Ok(match ids {
        Some(ids) => AllowedWarehouses::only(ids.into_iter().map(WarehouseId).collect())?,
        None => AllowedWarehouses::ALL,
    })
}

/// Returns the column of a limit.
pub(crate) fn warehouse_ids(allowed: &AllowedWarehouses) -> Option<Vec<i64>> {
    allowed.ids().map(|ids| ids.iter().map(|id| id.0).collect())
}

impl WriteTransaction {
    /// Checks that the warehouses of a limit exist.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`].
    pub async fn allowed_warehouses_check(&mut self, allowed: &AllowedWarehouses) -> Result<()> {
        let Some(ids) = warehouse_ids(allowed) else { return Ok(()) };
        let missing = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM unnest($1::bigint[]) AS id
                WHERE NOT EXISTS (SELECT FROM warehouses WHERE warehouses.id = id.id) ORDER BY id LIMIT 1"#,
            &ids
        );
        match missing.fetch_optional(&mut *self.transaction).await? {
            Some(id) => Err(domain::Error::WarehouseNotFound(WarehouseId(id)).into()),
            None => Ok(()),
        }
    }

    /// Creates a warehouse, and adds an event to the audit log.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseCodeTaken`].
    pub async fn warehouse_create(
        &mut self,
        warehouse: &NewWarehouse,
        cause: Cause<'_>,
    ) -> Result<Warehouse> {
        let (code, name) = (warehouse.code.as_str(), warehouse.name.as_str());
        let id = sqlx::query_scalar!(
            r#"WITH created AS (
                   INSERT INTO warehouses (code, name) VALUES ($1, $2) RETURNING id, code, name
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, after)
                   SELECT $3, $4, $5, $6, 'warehouse.created', 'warehouse:' || id,
                          jsonb_build_object('code', code, 'name', name)
                     FROM created
               )
               SELECT id AS "id!" FROM created"#,
            code,
            name,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok(Warehouse {
            id: WarehouseId(id),
            code: code.to_owned(),
            name: name.to_owned(),
            is_default: false,
            units_available: 0,
        })
    }
}
