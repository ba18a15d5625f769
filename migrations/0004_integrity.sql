-- Integrity: what the database maintains and rejects, for every writer.
--
-- Trigger functions process items in ascending id, so two statements cannot deadlock. They read transition tables
-- alone, into arrays: on Citus a transition table does not exist where a distributed table is read or written.

-- Rejects a write with an error that names its constraint, as a CHECK does. Row triggers with this function are AFTER
-- triggers: a BEFORE UPDATE trigger would make PostgreSQL lock every row first, even rows for which it does not fire.
CREATE FUNCTION refuse_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME, MESSAGE = TG_ARGV[1];
END
$$;

-- Totals and ledger. `items.quantity` is the sum of the item's stock levels, and every change of a level is in the
-- ledger.
--
-- Stockhold's own connections write the sums, and one movement per cause, in the statement that changes the levels.
-- They set `stockhold.maintains_totals = on`, and these triggers do not fire. Other writers have no such setting.

CREATE FUNCTION inventory_maintain_totals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_level_items      bigint[];
    v_level_warehouses bigint[];
    v_level_deltas     bigint[];
    v_items            bigint[];
    v_deltas           bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(product_id), array_agg(warehouse_id), array_agg(stock_quantity)
          INTO v_level_items, v_level_warehouses, v_level_deltas
          FROM (SELECT * FROM new_levels WHERE stock_quantity <> 0 ORDER BY product_id, warehouse_id) AS levels;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(product_id), array_agg(warehouse_id), array_agg(-stock_quantity)
          INTO v_level_items, v_level_warehouses, v_level_deltas
          FROM (SELECT * FROM old_levels WHERE stock_quantity <> 0 ORDER BY product_id, warehouse_id) AS levels;
    ELSE
        SELECT array_agg(product_id), array_agg(warehouse_id), array_agg(delta)
          INTO v_level_items, v_level_warehouses, v_level_deltas
          FROM (SELECT product_id, warehouse_id, sum(units) AS delta
                  FROM (SELECT product_id, warehouse_id, stock_quantity AS units FROM new_levels
                        UNION ALL
                        SELECT product_id, warehouse_id, -stock_quantity FROM old_levels) AS both_levels
                 GROUP BY product_id, warehouse_id HAVING sum(units) <> 0
                 ORDER BY product_id, warehouse_id) AS levels;
    END IF;
    IF v_level_items IS NULL THEN
        RETURN NULL;
    END IF;

    SELECT array_agg(item), array_agg(delta) INTO v_items, v_deltas
      FROM (SELECT item, sum(delta) AS delta FROM unnest(v_level_items, v_level_deltas) AS levels (item, delta)
             GROUP BY item HAVING sum(delta) <> 0 ORDER BY item) AS sums;
    IF v_items IS NOT NULL THEN
        PERFORM 1 FROM items WHERE id = ANY (v_items) ORDER BY id FOR NO KEY UPDATE;
        UPDATE items
           SET quantity = items.quantity + sums.delta, updated_at = now()
          FROM unnest(v_items, v_deltas) AS sums (id, delta)
         WHERE items.id = sums.id AND items.id = ANY (v_items);
    END IF;

    INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
    SELECT item, warehouse, delta, 'corrected'
      FROM unnest(v_level_items, v_level_warehouses, v_level_deltas) AS levels (item, warehouse, delta);
    RETURN NULL;
END
$$;

CREATE TRIGGER inventory_inserted AFTER INSERT ON inventory
    REFERENCING NEW TABLE AS new_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION inventory_maintain_totals();
CREATE TRIGGER inventory_updated AFTER UPDATE ON inventory
    REFERENCING OLD TABLE AS old_levels NEW TABLE AS new_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION inventory_maintain_totals();
CREATE TRIGGER inventory_deleted AFTER DELETE ON inventory
    REFERENCING OLD TABLE AS old_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION inventory_maintain_totals();

-- Other writers cannot set the sum themselves. The trigger on `inventory` sets it at trigger depth 1.
CREATE TRIGGER items_quantity_inserted AFTER INSERT ON items FOR EACH ROW
    WHEN (NEW.quantity <> 0 AND current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION refuse_write('items_quantity_is_sum',
        'items.quantity is the sum of the stock levels in inventory: insert the item with 0, and its levels');
CREATE TRIGGER items_quantity_updated AFTER UPDATE OF quantity ON items FOR EACH ROW
    WHEN (NEW.quantity <> OLD.quantity AND pg_trigger_depth() = 0
          AND current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION refuse_write('items_quantity_is_sum',
        'items.quantity is the sum of the stock levels in inventory: change those');

-- Append-only and fixed tables.

CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE ON stock_movements FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('stock_movements_append_only', 'stock_movements is append-only');
CREATE TRIGGER ledger_identity_fixed BEFORE UPDATE OR DELETE ON ledger_identity FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('ledger_identity_fixed', 'ledger_identity can''t be changed');

-- References. The triggers check and lock as foreign keys do, but for all rows of a statement at once.
--
-- The missing id is in the error's DETAIL, as in the error of a foreign key: the server reads it from there.

CREATE FUNCTION inventory_check_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_items      bigint[];
    v_warehouses bigint[];
    v_found      bigint[];
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        v_items := ARRAY [NEW.product_id];
        v_warehouses := ARRAY [NEW.warehouse_id];
    ELSE
        SELECT array_agg(DISTINCT product_id), array_agg(DISTINCT warehouse_id)
          INTO v_items, v_warehouses FROM new_levels;
        IF v_items IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    SELECT array_agg(id) INTO v_found
      FROM (SELECT id FROM items WHERE id = ANY (v_items) ORDER BY id FOR KEY SHARE) AS found;
    IF cardinality(v_items) <> coalesce(cardinality(v_found), 0) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'inventory_product_id_fkey', TABLE = 'inventory',
            MESSAGE = 'a stock level is of an item that is in items',
            DETAIL = format('Key (product_id)=(%s) is not present in table "items".',
                            (SELECT min(id) FROM unnest(v_items) AS id WHERE id <> ALL (coalesce(v_found, '{}'))));
    END IF;
    SELECT array_agg(id) INTO v_found
      FROM (SELECT id FROM warehouses WHERE id = ANY (v_warehouses) ORDER BY id FOR KEY SHARE) AS found;
    IF cardinality(v_warehouses) <> coalesce(cardinality(v_found), 0) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'inventory_warehouse_id_fkey', TABLE = 'inventory',
            MESSAGE = 'a stock level is in a warehouse that is in warehouses',
            DETAIL = format('Key (warehouse_id)=(%s) is not present in table "warehouses".',
                            (SELECT min(id) FROM unnest(v_warehouses) AS id WHERE id <> ALL (coalesce(v_found, '{}'))));
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER inventory_references_exist AFTER INSERT ON inventory
    REFERENCING NEW TABLE AS new_levels FOR EACH STATEMENT
    EXECUTE FUNCTION inventory_check_references();
CREATE TRIGGER inventory_references_changed AFTER UPDATE OF product_id, warehouse_id ON inventory FOR EACH ROW
    WHEN (NEW.product_id <> OLD.product_id OR NEW.warehouse_id <> OLD.warehouse_id)
    EXECUTE FUNCTION inventory_check_references();

-- The other side of these references: an item or warehouse that has stock levels cannot be deleted. The arguments are
-- the column of `inventory` and the name of the constraint.
CREATE FUNCTION check_no_levels() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_has_levels boolean;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'feature_not_supported',
            MESSAGE = 'items and warehouses can be deleted in READ COMMITTED only';
    END IF;
    IF TG_ARGV[0] = 'product_id' THEN
        v_has_levels := EXISTS (SELECT FROM inventory WHERE product_id = OLD.id);
    ELSE
        v_has_levels := EXISTS (SELECT FROM inventory WHERE warehouse_id = OLD.id);
    END IF;
    IF v_has_levels THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_ARGV[1], TABLE = 'inventory',
            MESSAGE = 'there are stock levels of it';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_levels_deleted AFTER DELETE ON items FOR EACH ROW
    EXECUTE FUNCTION check_no_levels('product_id', 'inventory_product_id_fkey');
CREATE TRIGGER items_levels_key_changed AFTER UPDATE OF id ON items FOR EACH ROW WHEN (NEW.id <> OLD.id)
    EXECUTE FUNCTION check_no_levels('product_id', 'inventory_product_id_fkey');
CREATE TRIGGER warehouses_levels_deleted AFTER DELETE ON warehouses FOR EACH ROW
    EXECUTE FUNCTION check_no_levels('warehouse_id', 'inventory_warehouse_id_fkey');
CREATE TRIGGER warehouses_levels_key_changed AFTER UPDATE OF id ON warehouses FOR EACH ROW
    WHEN (NEW.id <> OLD.id)
    EXECUTE FUNCTION check_no_levels('warehouse_id', 'inventory_warehouse_id_fkey');

-- The stock level of a block exists. The check locks the level's key, as a foreign key does: a transaction that deletes
-- the level waits for the block, or the block waits for it, and one of the two is rejected.
CREATE FUNCTION block_inventory_check_levels() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_items      bigint[];
    v_warehouses bigint[];
    v_found      bigint;
BEGIN
    SELECT array_agg(item_id ORDER BY item_id, warehouse_id),
           array_agg(warehouse_id ORDER BY item_id, warehouse_id)
      INTO v_items, v_warehouses
      FROM (SELECT DISTINCT item_id, warehouse_id FROM new_blocks) AS levels;
    IF v_items IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1
       FROM unnest(v_items, v_warehouses) AS levels (item_id, warehouse_id)
       JOIN inventory ON inventory.product_id = levels.item_id AND inventory.warehouse_id = levels.warehouse_id
      ORDER BY inventory.product_id, inventory.warehouse_id
        FOR KEY SHARE OF inventory;
    GET DIAGNOSTICS v_found = ROW_COUNT;
    IF v_found <> cardinality(v_items) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'block_inventory_level_fkey',
            TABLE = 'block_inventory', MESSAGE = 'a block takes from a stock level that is in inventory';
    END IF;
    RETURN NULL;
END
$$;

-- Stockhold's own connections place blocks in the transaction that locked the stock levels. Checking the levels again
-- took a fifth of the time of a batch over many items, so these connections skip the check.
CREATE TRIGGER block_inventory_levels_exist AFTER INSERT ON block_inventory
    REFERENCING NEW TABLE AS new_blocks FOR EACH STATEMENT
    WHEN (current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION block_inventory_check_levels();
CREATE TRIGGER block_inventory_level_fixed AFTER UPDATE OF item_id, warehouse_id ON block_inventory
    FOR EACH ROW WHEN (NEW.item_id <> OLD.item_id OR NEW.warehouse_id <> OLD.warehouse_id)
    EXECUTE FUNCTION refuse_write('block_inventory_level_fixed',
        'a block stays with its stock level: release it, and place another');

-- The other side of this reference: a stock level that has blocks cannot be deleted.
CREATE FUNCTION inventory_check_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A REPEATABLE READ transaction would not see a block that was placed after its snapshot.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'feature_not_supported', MESSAGE = 'stock levels can be deleted in READ COMMITTED only';
    END IF;
    IF EXISTS (SELECT FROM block_inventory
                WHERE item_id = OLD.product_id AND warehouse_id = OLD.warehouse_id) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'block_inventory_level_fkey',
            TABLE = 'block_inventory', MESSAGE = 'there are blocks of this stock level';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER inventory_blocks_deleted AFTER DELETE ON inventory FOR EACH ROW
    EXECUTE FUNCTION inventory_check_blocks();
CREATE TRIGGER inventory_blocks_key_changed AFTER UPDATE OF product_id, warehouse_id ON inventory FOR EACH ROW
    WHEN (NEW.product_id <> OLD.product_id OR NEW.warehouse_id <> OLD.warehouse_id)
    EXECUTE FUNCTION inventory_check_blocks();

-- TRUNCATE. It fires neither row triggers nor triggers for DELETE, so levels, ledger, sums and search would disagree
-- without an error. Each trigger is for TRUNCATE alone: Citus creates no trigger on shards that includes TRUNCATE. Rows
-- of most of these tables can be deleted.

CREATE TRIGGER items_not_truncated BEFORE TRUNCATE ON items FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('items_not_truncated', 'items can''t be truncated: delete its rows');
CREATE TRIGGER inventory_not_truncated BEFORE TRUNCATE ON inventory FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('inventory_not_truncated', 'inventory can''t be truncated: delete its rows');
CREATE TRIGGER warehouses_not_truncated BEFORE TRUNCATE ON warehouses FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('warehouses_not_truncated', 'warehouses can''t be truncated: delete its rows');
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
CREATE TRIGGER stock_movements_not_truncated BEFORE TRUNCATE ON stock_movements FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('stock_movements_append_only', 'stock_movements is append-only');
CREATE TRIGGER ledger_identity_not_truncated BEFORE TRUNCATE ON ledger_identity FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('ledger_identity_fixed', 'ledger_identity can''t be changed');

-- Changes of warehouses. Servers cache the ids of the warehouses and the default one. A change is announced on the
-- servers' channel, so that a change in SQL reaches them too. In the payload, '-' stands for the name of a server, and 8
-- is the bit of "warehouses".

CREATE FUNCTION warehouses_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('stockhold', '- 8');
    RETURN NULL;
END
$$;

CREATE TRIGGER warehouses_notified AFTER INSERT OR UPDATE OR DELETE ON warehouses FOR EACH STATEMENT
    EXECUTE FUNCTION warehouses_notify();
