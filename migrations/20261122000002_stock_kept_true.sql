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

    -- Stockhold's own connections write the ledger's lines themselves, one for each cause. What anyone
    -- else changes is written here.
    IF current_setting('stockhold.ledger', true) IS DISTINCT FROM 'kept' THEN
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
    END IF;
    RETURN NULL;
END
$$;

-- A transaction that writes sums and ledger itself, in bulk or as part of one larger statement, says so by
-- `SET LOCAL stockhold.sums = 'kept'`.
CREATE TRIGGER inventory_inserted AFTER INSERT ON inventory
    REFERENCING NEW TABLE AS new_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.sums', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION inventory_keep_true();
CREATE TRIGGER inventory_updated AFTER UPDATE ON inventory
    REFERENCING OLD TABLE AS old_levels NEW TABLE AS new_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.sums', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION inventory_keep_true();
CREATE TRIGGER inventory_deleted AFTER DELETE ON inventory
    REFERENCING OLD TABLE AS old_levels FOR EACH STATEMENT
    WHEN (current_setting('stockhold.sums', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION inventory_keep_true();

-- A refusal that names its constraint, as a CHECK would.
CREATE FUNCTION refuse_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME, MESSAGE = TG_ARGV[1];
END
$$;

-- Only the trigger above writes the sum, and who says that it keeps it.
CREATE TRIGGER items_quantity_inserted BEFORE INSERT ON items FOR EACH ROW
    WHEN (NEW.quantity <> 0 AND current_setting('stockhold.sums', true) IS DISTINCT FROM 'kept')
    EXECUTE FUNCTION refuse_write('items_quantity_is_sum',
        'items.quantity is the sum of the stock levels in inventory: insert the item with 0, and its levels');
CREATE TRIGGER items_quantity_updated BEFORE UPDATE OF quantity ON items FOR EACH ROW
    WHEN (NEW.quantity <> OLD.quantity AND pg_trigger_depth() = 0
          AND current_setting('stockhold.sums', true) IS DISTINCT FROM 'kept')
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
