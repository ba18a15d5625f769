use super::once::Command;
use crate::response::CommandResult;
use crate::{Context, Engine, Response, Result, Topic};
use domain::{NewWarehouse, Permission, Precondition, Warehouse, WarehouseId, WarehousePatch};
use store::{Cause, WriteTransaction};

impl Engine {
    /// Creates a warehouse.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseCodeTaken`], [`domain::Error::AllWarehousesForbidden`].
    pub async fn warehouse_create(
        &self,
        context: &Context,
        warehouse: NewWarehouse,
    ) -> Result<Response<Warehouse>> {
        context.require_all_warehouses(Permission::WriteItems)?;
        let created = self.run_once(context, CreateWarehouse(warehouse)).await;
        self.publish_on_success(Topic::Warehouses, created)
    }

    /// Changes the code or the name of a warehouse, or makes it the default one.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`], [`domain::Error::VersionMismatch`], [`domain::Error::WarehouseCodeTaken`],
    /// [`domain::Error::WarehouseArchived`], [`domain::Error::AllWarehousesForbidden`].
    pub async fn warehouse_update(
        &self,
        context: &Context,
        id: WarehouseId,
        patch: WarehousePatch,
        condition: Precondition,
    ) -> Result<Response<Warehouse>> {
        self.warehouse_change(context, ChangeWarehouse(id, Change::Details(patch), condition)).await
    }

    /// Archives a warehouse, or restores it. An archived warehouse receives no units.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`], [`domain::Error::VersionMismatch`], [`domain::Error::WarehouseIsDefault`],
    /// [`domain::Error::WarehouseHasStock`], [`domain::Error::AllWarehousesForbidden`].
    pub async fn warehouse_set_archived(
        &self,
        context: &Context,
        id: WarehouseId,
        archived: bool,
        condition: Precondition,
    ) -> Result<Response<Warehouse>> {
        self.warehouse_change(context, ChangeWarehouse(id, Change::Archived(archived), condition)).await
    }

    async fn warehouse_change(
        &self,
        context: &Context,
        change: ChangeWarehouse,
    ) -> Result<Response<Warehouse>> {
        context.require_all_warehouses(Permission::WriteItems)?;
        let changed = self.run_once(context, change).await;
        match self.publish_on_success(Topic::Warehouses, changed)? {
            Response::Fresh(warehouse) => Ok(Response::Fresh(self.with_units(warehouse).await?)),
            stored @ Response::Stored(_) => Ok(stored),
        }
    }
}

/// A change of a warehouse.
enum Change {
    Details(WarehousePatch),
    Archived(bool),
}

struct ChangeWarehouse(WarehouseId, Change, Precondition);

impl Command for ChangeWarehouse {
    type Output = Warehouse;

    async fn execute(
        &self,
        transaction: &mut WriteTransaction,
        cause: Cause<'_>,
    ) -> store::Result<Warehouse> {
        let Self(id, change, condition) = self;
        match change {
            Change::Details(patch) => transaction.warehouse_update(*id, patch, condition, cause).await,
            Change::Archived(archived) => {
                transaction.warehouse_set_archived(*id, *archived, condition, cause).await
            }
        }
    }

    fn result(output: &Warehouse) -> CommandResult<'_> {
        CommandResult::WarehouseUpdated(output)
    }
}

struct CreateWarehouse(NewWarehouse);

impl Command for CreateWarehouse {
    type Output = Warehouse;

    async fn execute(
        &self,
        transaction: &mut WriteTransaction,
        cause: Cause<'_>,
    ) -> store::Result<Warehouse> {
        transaction.warehouse_create(&self.0, cause).await
    }

    fn result(output: &Warehouse) -> CommandResult<'_> {
        CommandResult::WarehouseCreated(output)
    }
}
