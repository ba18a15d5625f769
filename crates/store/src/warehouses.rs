use crate::{Cause, Result, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{
    AllowedWarehouses, Coordinates, NewWarehouse, Precondition, Priority, Warehouse, WarehouseId,
    WarehousePatch,
};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A row of `warehouses`.
pub(crate) struct WarehouseRow {
    pub(crate) id: i64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) is_default: bool,
    pub(crate) archived_at: Option<DateTime<Utc>>,
    pub(crate) priority: i32,
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
}

impl TryFrom<WarehouseRow> for Warehouse {
    type Error = crate::Error;

    /// Converts the row. The available units are 0.
    fn try_from(row: WarehouseRow) -> Result<Self> {
        Ok(Self {
            id: WarehouseId(row.id),
            code: row.code,
            name: row.name,
            is_default: row.is_default,
            units_available: 0,
            archived_at: row.archived_at,
            priority: Priority::new(row.priority.into())?,
            coordinates: Coordinates::optional(row.latitude, row.longitude)?,
        })
    }
}

/// The ids and codes of the warehouses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WarehouseIds {
    /// All warehouses with their codes.
    pub codes: Vec<(WarehouseId, String)>,
    /// The archived ones among them.
    pub archived: Vec<WarehouseId>,
    /// The default warehouse.
    pub default: Option<WarehouseId>,
    /// The priority and the position of each.
    pub places: Vec<(WarehouseId, Priority, Option<Coordinates>)>,
}

impl Store {
    /// Returns all warehouses, or the archived ones, ordered by code, with their entries in `units_available`.
    pub async fn warehouse_list(
        &self,
        archived: bool,
        units_available: &BTreeMap<WarehouseId, i64>,
    ) -> Result<Vec<Warehouse>> {
        let rows = sqlx::query_as!(
            WarehouseRow,
            "SELECT id, code, name, is_default, archived_at, priority, latitude, longitude
               FROM warehouses
              WHERE (archived_at IS NOT NULL) = $1 ORDER BY code",
            archived
        );
        let rows = rows.fetch_all(&self.lookups).await?;
        let warehouses = rows.into_iter().map(|row| {
            let units_available = units_available.get(&WarehouseId(row.id)).copied().unwrap_or(0);
            Ok(Warehouse { units_available, ..row.try_into()? })
        });
        warehouses.collect()
    }

    /// Returns a warehouse, archived or not. Its available units are 0.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`].
    pub async fn warehouse_get(&self, id: WarehouseId) -> Result<Warehouse> {
        let row = sqlx::query_as!(
            WarehouseRow,
            "SELECT id, code, name, is_default, archived_at, priority, latitude, longitude
               FROM warehouses WHERE id = $1",
            id.0
        );
        let row = row.fetch_optional(&self.lookups).await?;
        row.ok_or(domain::Error::WarehouseNotFound(id))?.try_into()
    }

    /// Returns the id, code and name of each warehouse, ordered by code.
    pub async fn warehouse_names(&self) -> Result<Vec<(WarehouseId, String, String)>> {
        let rows = sqlx::query!("SELECT id, code, name FROM warehouses ORDER BY code");
        let rows = rows.fetch_all(&self.lookups).await?;
        Ok(rows.into_iter().map(|row| (WarehouseId(row.id), row.code, row.name)).collect())
    }

    /// Returns the ids and codes of all warehouses.
    pub async fn warehouse_ids(&self) -> Result<WarehouseIds> {
        let rows = sqlx::query!(
            r#"SELECT id, code, is_default, archived_at IS NOT NULL AS "is_archived!", priority, latitude, longitude
                 FROM warehouses"#
        );
        let rows = rows.fetch_all(&self.lookups).await?;
        let mut warehouses = WarehouseIds::default();
        for row in rows {
            let id = WarehouseId(row.id);
            warehouses.codes.push((id, row.code));
            let coordinates = Coordinates::optional(row.latitude, row.longitude)?;
            warehouses.places.push((id, Priority::new(row.priority.into())?, coordinates));
            if row.is_archived {
                warehouses.archived.push(id);
            }
            if row.is_default {
                warehouses.default = Some(id);
            }
        }
        Ok(warehouses)
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

    /// Checks that no other warehouse has a code that differs from this one only in case or white space.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseCodeTaken`] with the code of the other warehouse.
    async fn check_code(&mut self, code: &str, own: Option<WarehouseId>) -> Result<()> {
        let taken = sqlx::query_scalar!(
            "SELECT code FROM warehouses WHERE fold_key(code) = fold_key($1) AND id IS DISTINCT FROM $2",
            code,
            own.map(|own| own.0)
        );
        match taken.fetch_optional(&mut *self.transaction).await? {
            Some(code) => Err(domain::Error::WarehouseCodeTaken(code).into()),
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
        self.check_code(code, None).await?;
        let id = sqlx::query_scalar!(
            r#"WITH created AS (
                   INSERT INTO warehouses (code, name, priority, latitude, longitude)
                   VALUES ($1, $2, $7, $8, $9) RETURNING *
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, after)
                   SELECT $3, $4, $5, $6, 'warehouse.created', 'warehouse:' || id,
                          jsonb_strip_nulls(jsonb_build_object(
                              'code', code, 'name', name, 'priority', nullif(priority, 0),
                              'latitude', latitude, 'longitude', longitude))
                     FROM created
               )
               SELECT id AS "id!" FROM created"#,
            code,
            name,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id,
            warehouse.priority.get(),
            warehouse.coordinates.map(Coordinates::latitude),
            warehouse.coordinates.map(Coordinates::longitude)
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok(Warehouse {
            id: WarehouseId(id),
            code: code.to_owned(),
            name: name.to_owned(),
            is_default: false,
            units_available: 0,
            archived_at: None,
            priority: warehouse.priority,
            coordinates: warehouse.coordinates,
        })
    }

    /// Changes the details of a warehouse, or makes it the default one, and adds events with the changed values to the audit
    /// log. `units_available` of the result is 0. The condition is checked on the locked row.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`], [`domain::Error::VersionMismatch`], [`domain::Error::WarehouseCodeTaken`];
    /// [`domain::Error::WarehouseArchived`] if an archived warehouse would be the default one.
    pub async fn warehouse_update(
        &mut self,
        id: WarehouseId,
        patch: &WarehousePatch,
        condition: &Precondition,
        cause: Cause<'_>,
    ) -> Result<Warehouse> {
        // The former default warehouse is changed too. Both are locked in ascending order.
        let locked = sqlx::query_as!(
            WarehouseRow,
            "SELECT id, code, name, is_default, archived_at, priority, latitude, longitude
               FROM warehouses
              WHERE id = $1 OR (is_default AND $2) ORDER BY id FOR UPDATE",
            id.0,
            patch.make_default
        );
        let locked = locked.fetch_all(&mut *self.transaction).await?;
        let locked = locked.into_iter().map(Warehouse::try_from).collect::<Result<Vec<_>>>()?;
        let before = locked.iter().find(|warehouse| warehouse.id == id);
        let before = before.ok_or(domain::Error::WarehouseNotFound(id))?;
        condition.check(before.version())?;
        if patch.make_default && before.archived_at.is_some() {
            return Err(domain::Error::WarehouseArchived(id).into());
        }
        if let Some(code) = &patch.code {
            self.check_code(code.as_str(), Some(id)).await?;
        }
        for former in locked.iter().filter(|warehouse| warehouse.id != id && warehouse.is_default) {
            let after = Warehouse { is_default: false, ..former.clone() };
            self.warehouse_write(former, &after, cause).await?;
        }
        let text = |new: Option<&str>, old: &str| new.unwrap_or(old).to_owned();
        let after = Warehouse {
            code: text(patch.code.as_ref().map(|code| code.as_str()), &before.code),
            name: text(patch.name.as_ref().map(|name| name.as_str()), &before.name),
            is_default: before.is_default || patch.make_default,
            priority: patch.priority.unwrap_or(before.priority),
            coordinates: patch.coordinates.unwrap_or(before.coordinates),
            ..before.clone()
        };
        self.warehouse_write(before, &after, cause).await?;
        Ok(after)
    }

    /// Writes the changed details of a locked warehouse, with an event. Without a difference there is no statement.
    async fn warehouse_write(
        &mut self,
        before: &Warehouse,
        after: &Warehouse,
        cause: Cause<'_>,
    ) -> Result<()> {
        if before == after {
            return Ok(());
        }
        sqlx::query!(
            "WITH changed AS (
                 UPDATE warehouses
                    SET code = $2, name = $3, is_default = $4, priority = $12, latitude = $13, longitude = $14
                  WHERE id = $1
             )
             INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
             SELECT $8, $9, $10, $11, 'warehouse.changed', 'warehouse:' || $1::bigint,
                    jsonb_object_agg(field, before), jsonb_object_agg(field, after)
               FROM (VALUES ('code', to_jsonb($5::text), to_jsonb($2::text)),
                            ('name', to_jsonb($6::text), to_jsonb($3::text)),
                            ('isDefault', to_jsonb($7::boolean), to_jsonb($4::boolean)),
                            ('priority', to_jsonb($15::integer), to_jsonb($12::integer)),
                            ('latitude', to_jsonb($16::double precision), to_jsonb($13::double precision)),
                            ('longitude', to_jsonb($17::double precision), to_jsonb($14::double precision)))
                    AS fields (field, before, after)
              WHERE before IS DISTINCT FROM after",
            after.id.0,
            after.code,
            after.name,
            after.is_default,
            before.code,
            before.name,
            before.is_default,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id,
            after.priority.get(),
            after.coordinates.map(Coordinates::latitude),
            after.coordinates.map(Coordinates::longitude),
            before.priority.get(),
            before.coordinates.map(Coordinates::latitude),
            before.coordinates.map(Coordinates::longitude)
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
