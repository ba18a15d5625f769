-- TRUNCATE fires no row trigger and no trigger for DELETE. On these tables it left levels, ledger, sums and search in
-- disagreement without an error: `inventory`, `items`, `warehouses` and `stock_movements` refuse it already.
--
-- `block_inventory`, `orders` and `order_items` account for units that were taken from stock levels. `item_changes`
-- tells servers which cached sums and items to correct. `idempotency_keys` keeps a repeated request from being done
-- twice. `item_names`, `item_names_new`, `name_fragments` and `item_name_fragments` are kept in step with `items` by
-- triggers. Rows of all of them can still be deleted.
CREATE TRIGGER block_inventory_not_truncated BEFORE TRUNCATE ON block_inventory FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('block_inventory_not_truncated',
        'block_inventory can''t be truncated: release the blocks, or delete their rows');
CREATE TRIGGER orders_not_truncated BEFORE TRUNCATE ON orders FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('orders_not_truncated',
        'orders can''t be truncated: cancel the orders, or delete their rows');
CREATE TRIGGER order_items_not_truncated BEFORE TRUNCATE ON order_items FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('order_items_not_truncated',
        'order_items can''t be truncated: cancel the orders, or delete their rows');
CREATE TRIGGER item_changes_not_truncated BEFORE TRUNCATE ON item_changes FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('item_changes_not_truncated',
        'item_changes can''t be truncated: servers delete its old rows');
CREATE TRIGGER idempotency_keys_not_truncated BEFORE TRUNCATE ON idempotency_keys FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('idempotency_keys_not_truncated',
        'idempotency_keys can''t be truncated: servers delete its old rows');
CREATE TRIGGER item_names_not_truncated BEFORE TRUNCATE ON item_names FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('item_names_not_truncated',
        'item_names can''t be truncated: it follows items by triggers');
CREATE TRIGGER item_names_new_not_truncated BEFORE TRUNCATE ON item_names_new FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('item_names_new_not_truncated',
        'item_names_new can''t be truncated: it follows items by triggers');
CREATE TRIGGER name_fragments_not_truncated BEFORE TRUNCATE ON name_fragments FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('name_fragments_not_truncated',
        'name_fragments can''t be truncated: it follows items by triggers');
CREATE TRIGGER item_name_fragments_not_truncated BEFORE TRUNCATE ON item_name_fragments FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('item_name_fragments_not_truncated',
        'item_name_fragments can''t be truncated: it follows items by triggers');
