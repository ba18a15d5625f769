-- What the database itself keeps true, whoever writes.

-- items.quantity is the sum of the item's stock levels, and every change of a level is in the ledger.
--
-- Transition tables are read alone, into arrays, and items are taken in ascending id: so it neither
-- deadlocks with another statement, nor joins what may be distributed.
CREATE FUNCTION inventory_keep_true() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_items  bigint[];
    v_deltas bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(product_id ORDER BY product_id), array_agg(delta ORDER BY product_id)
          INTO v_items, v_deltas
          FROM (SELECT product_id, sum(stock_quantity) AS delta FROM new_levels GROUP BY product_id) AS sums
         WHERE delta <> 0;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(product_id ORDER BY product_id), array_agg(delta ORDER BY product_id)
          INTO v_items, v_deltas
          FROM (SELECT product_id, -sum(stock_quantity) AS delta FROM old_levels GROUP BY product_id) AS sums
         WHERE delta <> 0;
    ELSE
        SELECT array_agg(product_id ORDER BY product_id), array_agg(delta ORDER BY product_id)
          INTO v_items, v_deltas
          FROM (SELECT product_id, sum(units) AS delta
                  FROM (SELECT product_id, stock_quantity AS units FROM new_levels
                        UNION ALL
                        SELECT product_id, -stock_quantity FROM old_levels) AS both_levels
                 GROUP BY product_id) AS sums
         WHERE delta <> 0;
    END IF;

    IF v_items IS NOT NULL THEN
        PERFORM 1 FROM items WHERE id = ANY (v_items) ORDER BY id FOR NO KEY UPDATE;
        UPDATE items
           SET quantity = items.quantity + sums.delta, updated_at = now()
          FROM unnest(v_items, v_deltas) AS sums (id, delta)
         WHERE items.id = sums.id AND items.id = ANY (v_items);
    END IF;

    IF TG_OP = 'INSERT' THEN
        INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
        SELECT product_id, warehouse_id, stock_quantity, 'corrected'
          FROM new_levels WHERE stock_quantity <> 0 ORDER BY product_id, warehouse_id;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
        SELECT product_id, warehouse_id, -stock_quantity, 'corrected'
          FROM old_levels WHERE stock_quantity <> 0 ORDER BY product_id, warehouse_id;
    ELSE
        INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
        SELECT product_id, warehouse_id, sum(units), 'corrected'
          FROM (SELECT product_id, warehouse_id, stock_quantity AS units FROM new_levels
                UNION ALL
                SELECT product_id, warehouse_id, -stock_quantity FROM old_levels) AS both_levels
         GROUP BY product_id, warehouse_id HAVING sum(units) <> 0 ORDER BY product_id, warehouse_id;
    END IF;
    RETURN NULL;
END
$$;

-- Stockhold's own connections write the sums, and one line of the ledger for each cause, in the statement that
-- changes the levels; they say so by `stockhold.books = 'kept'`. What anyone else changes is kept true here.
CREATE TRIGGER inventory_inserted AFTER INSERT ON inventory
    REFERENCING NEW TABLE AS new_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.books', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION inventory_keep_true();
CREATE TRIGGER inventory_updated AFTER UPDATE ON inventory
    REFERENCING OLD TABLE AS old_levels NEW TABLE AS new_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.books', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION inventory_keep_true();
CREATE TRIGGER inventory_deleted AFTER DELETE ON inventory
    REFERENCING OLD TABLE AS old_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.books', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION inventory_keep_true();

-- A refusal that names its constraint, as a CHECK would. Its triggers on rows fire AFTER: one that fires BEFORE
-- an UPDATE would have every row locked first, whether or not it fires.
CREATE FUNCTION refuse_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME, MESSAGE = TG_ARGV[1];
END
$$;

-- Only the trigger above writes the sum, and who says that it keeps it.
CREATE TRIGGER items_quantity_inserted AFTER INSERT ON items FOR EACH ROW
    WHEN (NEW.quantity <> 0 AND current_setting('stockhold.books', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION refuse_write('items_quantity_is_sum',
        'items.quantity is the sum of the stock levels in inventory: insert the item with 0, and its levels');
CREATE TRIGGER items_quantity_updated AFTER UPDATE OF quantity ON items FOR EACH ROW
    WHEN (NEW.quantity <> OLD.quantity AND pg_trigger_depth() = 0
          AND current_setting('stockhold.books', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION refuse_write('items_quantity_is_sum',
        'items.quantity is the sum of the stock levels in inventory: change those');

-- All levels at once would leave neither the sums nor the ledger behind.
CREATE TRIGGER inventory_not_truncated BEFORE TRUNCATE ON inventory FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('inventory_not_truncated', 'inventory can''t be truncated: delete its rows');

CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('stock_movements_append_only', 'stock_movements is append-only');

-- Whoever reads the ledger by ascending id must not pass over an id that is taken but not yet committed.
-- So before it takes ids, a statement marks the last id taken so far, by a shared advisory lock that its
-- transaction keeps; the key's upper 16 bits, 0x5354, tell the marks from other locks. A reader notes the
-- last id taken, then looks at the marks, and reads up to the lowest of them all: what lies below is
-- committed, or never will be.
CREATE FUNCTION stock_movements_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared((1398013952::bigint << 32) + last_value) FROM stock_movements_id_seq;
    RETURN NULL;
END
$$;

CREATE TRIGGER stock_movements_marked BEFORE INSERT ON stock_movements
    FOR EACH STATEMENT EXECUTE FUNCTION stock_movements_mark();

-- The names that are searched are the items' names.
CREATE FUNCTION items_names_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO item_names (item_id, name) SELECT id, name FROM new_items;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_names_inserted AFTER INSERT ON items
    REFERENCING NEW TABLE AS new_items FOR EACH STATEMENT
    EXECUTE FUNCTION items_names_insert();

CREATE FUNCTION items_names_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE item_names SET item_id = NEW.id, name = NEW.name WHERE item_id = OLD.id;
    ELSE
        DELETE FROM item_names WHERE item_id = OLD.id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_names_updated AFTER UPDATE OF id, name ON items FOR EACH ROW
    WHEN (NEW.id <> OLD.id OR NEW.name <> OLD.name) EXECUTE FUNCTION items_names_update();
CREATE TRIGGER items_names_deleted AFTER DELETE ON items FOR EACH ROW EXECUTE FUNCTION items_names_update();

-- A block's stock level exists. As a foreign key does, the check locks the level's key: whoever deletes the
-- level waits for the block, or the block for them, and one of the two is refused.
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

CREATE TRIGGER block_inventory_levels_exist AFTER INSERT ON block_inventory
    REFERENCING NEW TABLE AS new_blocks FOR EACH STATEMENT
    EXECUTE FUNCTION block_inventory_check_levels();
CREATE TRIGGER block_inventory_level_fixed AFTER UPDATE OF item_id, warehouse_id ON block_inventory
    FOR EACH ROW WHEN (NEW.item_id <> OLD.item_id OR NEW.warehouse_id <> OLD.warehouse_id)
    EXECUTE FUNCTION refuse_write('block_inventory_level_fixed',
        'a block stays with its stock level: release it, and place another');

-- The other side of that: a level that has blocks stays.
CREATE FUNCTION inventory_check_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A transaction that sees the past would not see a block that was placed since.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'feature_not_supported', MESSAGE = 'stock levels are taken away in READ COMMITTED only';
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

-- A stock level's item and warehouse exist, checked and locked as a foreign key would, but for all rows of a
-- statement at once.
CREATE FUNCTION inventory_check_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_items      bigint[];
    v_warehouses bigint[];
    v_found      bigint;
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
    PERFORM 1 FROM items WHERE id = ANY (v_items) ORDER BY id FOR KEY SHARE;
    GET DIAGNOSTICS v_found = ROW_COUNT;
    IF v_found <> cardinality(v_items) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'inventory_product_id_fkey', TABLE = 'inventory',
            MESSAGE = 'a stock level is of an item that is in items';
    END IF;
    PERFORM 1 FROM warehouses WHERE id = ANY (v_warehouses) ORDER BY id FOR KEY SHARE;
    GET DIAGNOSTICS v_found = ROW_COUNT;
    IF v_found <> cardinality(v_warehouses) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'inventory_warehouse_id_fkey', TABLE = 'inventory',
            MESSAGE = 'a stock level is in a warehouse that is in warehouses';
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

-- The other side: what has stock levels stays. The level's column and the constraint are arguments.
CREATE FUNCTION check_levels() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_has_levels boolean;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'feature_not_supported',
            MESSAGE = 'items and warehouses are taken away in READ COMMITTED only';
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
    EXECUTE FUNCTION check_levels('product_id', 'inventory_product_id_fkey');
CREATE TRIGGER items_levels_key_changed AFTER UPDATE OF id ON items FOR EACH ROW WHEN (NEW.id <> OLD.id)
    EXECUTE FUNCTION check_levels('product_id', 'inventory_product_id_fkey');
CREATE TRIGGER items_not_truncated BEFORE TRUNCATE ON items FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('items_not_truncated', 'items can''t be truncated: delete its rows');
CREATE TRIGGER warehouses_levels_deleted AFTER DELETE ON warehouses FOR EACH ROW
    EXECUTE FUNCTION check_levels('warehouse_id', 'inventory_warehouse_id_fkey');
CREATE TRIGGER warehouses_levels_key_changed AFTER UPDATE OF id ON warehouses FOR EACH ROW
    WHEN (NEW.id <> OLD.id)
    EXECUTE FUNCTION check_levels('warehouse_id', 'inventory_warehouse_id_fkey');
CREATE TRIGGER warehouses_not_truncated BEFORE TRUNCATE ON warehouses FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('warehouses_not_truncated', 'warehouses can''t be truncated: delete its rows');
