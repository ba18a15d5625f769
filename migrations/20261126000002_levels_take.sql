-- Changes stock levels if they are as believed: p_believed units in each of the (p_items[n], p_warehouses[n]),
-- which are in that order and all the levels that their items have, each changed by p_changes units (0 to leave
-- it as it is). When that was, once all are locked; NULL where a level is not as believed, or an item has another
-- one: then nothing has changed.
--
-- One UPDATE locks, compares and changes, where a statement that locks first would look each row up and write it
-- twice. A row that was waited for is compared anew, and what was inserted meanwhile is counted behind the locks
-- (see stock_levels_lock). Rows must be met in order: for why they are, see allocate_inventory_products. For
-- connections that plan once (plan_cache_mode) and without sequential scans.
CREATE FUNCTION stock_levels_take(p_items bigint[], p_warehouses bigint[], p_believed integer[],
                                  p_changes integer[])
RETURNS timestamptz
LANGUAGE plpgsql AS $$
DECLARE
    v_changed bigint;
    v_at      timestamptz;
    v_present bigint;
BEGIN
    UPDATE inventory
       SET stock_quantity = inventory.stock_quantity + wanted.change
      FROM unnest(p_items, p_warehouses, p_believed, p_changes) AS wanted (item, warehouse, believed, change)
     WHERE (inventory.product_id, inventory.warehouse_id) >= (wanted.item, wanted.warehouse)
       AND (inventory.product_id, inventory.warehouse_id) <= (wanted.item, wanted.warehouse)
       AND inventory.stock_quantity = wanted.believed;
    GET DIAGNOSTICS v_changed = ROW_COUNT;
    v_at := clock_timestamp();
    SELECT count(*) INTO v_present FROM inventory WHERE product_id = ANY (p_items);
    IF v_changed <> cardinality(p_items) OR v_present <> v_changed THEN
        RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'a stock level is not as believed';
    END IF;
    RETURN v_at;
EXCEPTION WHEN SQLSTATE 'SH001' THEN
    RETURN NULL;
END
$$;
