use super::once::Command;
use crate::response::CommandResult;
use crate::{Context, Engine, Response, Result, Topic};
use domain::{NewWarehouse, Permission, Warehouse};
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
