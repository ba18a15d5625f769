-- Locks stock levels in (item, warehouse) order and reads them: of each p_items[n] the level in
-- p_warehouses[n], or all of its levels where that is NULL.
--
-- A statement that waits for a lock reads the locked row anew, but not what was inserted meanwhile: an item's
-- first stock in another warehouse, be it received or moved there. Whoever took the rest of its levels for
-- all of them could call it sold out while its units were only moved. So the levels are counted once more
-- behind the locks, and the transaction is to be tried again (serialization_failure) where there are others
-- by now: nobody who locks all of an item's levels first can add any more.
CREATE FUNCTION stock_levels_lock(p_items bigint[], p_warehouses bigint[])
RETURNS TABLE (item_id bigint, warehouse_id bigint, units integer, locked_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    v_locked  bigint;
    v_present bigint;
BEGIN
    RETURN QUERY
        SELECT inventory.product_id, inventory.warehouse_id, inventory.stock_quantity, clock_timestamp()
          FROM unnest(p_items, p_warehouses) AS wanted (item, warehouse)
          JOIN inventory ON inventory.product_id = wanted.item
                        AND (wanted.warehouse IS NULL OR inventory.warehouse_id = wanted.warehouse)
         ORDER BY inventory.product_id, inventory.warehouse_id
           FOR NO KEY UPDATE OF inventory;
    GET DIAGNOSTICS v_locked = ROW_COUNT;

    SELECT count(*) INTO v_present
      FROM unnest(p_items, p_warehouses) AS wanted (item, warehouse)
      JOIN inventory ON inventory.product_id = wanted.item
                    AND (wanted.warehouse IS NULL OR inventory.warehouse_id = wanted.warehouse);
    IF v_present <> v_locked THEN
        RAISE EXCEPTION USING
            ERRCODE = 'serialization_failure', MESSAGE = 'the item has got another stock level meanwhile';
    END IF;
END
$$;
