-- Refuses a change of the key of a stock level with unsellable units. Migration 0028 refuses the deletion.
CREATE TRIGGER inventory_unsellable_key_changed AFTER UPDATE OF product_id, warehouse_id ON inventory FOR EACH ROW
    WHEN (NEW.product_id <> OLD.product_id OR NEW.warehouse_id <> OLD.warehouse_id)
    EXECUTE FUNCTION inventory_check_unsellable();
