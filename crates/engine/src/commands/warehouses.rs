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
        self.warehouse_change(context, ChangeWarehouse::new(id, Change::Details(patch), condition)).await
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
        self.warehouse_change(context, ChangeWarehouse::new(id, Change::Archived(archived), condition)).await
    }

    async fn warehouse_change(
        &self,
        context: &Context,
        change: ChangeWarehouse,
    ) -> Result<Response<Warehouse>> {
        context.require_all_warehouses(Permission::WriteItems)?;
        let units = self.shared.sums.now().await?.warehouses.get(&change.id).copied();
        let change = ChangeWarehouse { units_available: units.unwrap_or(0), ..change };
        let changed = self.run_once(context, change).await;
        self.publish_on_success(Topic::Warehouses, changed)
    }
}

/// A change of a warehouse.
enum Change {
    Details(WarehousePatch),
    Archived(bool),
}

struct ChangeWarehouse {
    id: WarehouseId,
    change: Change,
    condition: Precondition,
    /// The available units that the response states.
    units_available: i64,
}

impl ChangeWarehouse {
    fn new(id: WarehouseId, change: Change, condition: Precondition) -> Self {
        Self { id, change, condition, units_available: 0 }
    }
}

impl Command for ChangeWarehouse {
    type Output = Warehouse;

    async fn execute(
        &self,
        transaction: &mut WriteTransaction,
        cause: Cause<'_>,
    ) -> store::Result<Warehouse> {
        let Self { id, change, condition, units_available } = self;
        let changed = match change {
            Change::Details(patch) => transaction.warehouse_update(*id, patch, condition, cause).await?,
            Change::Archived(archived) => {
                transaction.warehouse_set_archived(*id, *archived, condition, cause).await?
            }
        };
        Ok(Warehouse { units_available: *units_available, ..changed })
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
