-- Batch functions: each locks the rows of a batch in the order that all batches use, and checks or changes them.
--
-- Their error code SH001 never leaves the database: each function catches it, which rolls back the function's own
-- changes, and returns false or NULL.

-- Locks stock levels in the order of item and warehouse, and returns them: for each p_items[n] the level in
-- p_warehouses[n], or all its levels if that is NULL.
--
-- A statement that waits for a lock reads the locked row again, but does not see rows that were inserted meanwhile, such
-- as an item's first stock in another warehouse. The batch would then decide on an incomplete set of levels and could
-- reject a request although units were only moved. Therefore the function counts the levels after the locks and fails with
-- serialization_failure if there are more; the batch retries. Once all levels of an item are locked, no transaction can
-- add one.
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
            ERRCODE = 'serialization_failure', MESSAGE = 'the item got another stock level meanwhile';
    END IF;
END
$$;

-- Locks references until the end of the transaction, in ascending order of their hashes, and returns the number of
-- temporary blocks of each. References are locked before stock levels.
--
-- The advisory lock's class is REFERENCE_CLASS, its key the hash of the reference.
CREATE FUNCTION references_lock(p_references text[])
RETURNS TABLE (name text, blocks bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x'5246'::integer /* REFERENCE_CLASS */, key)
       FROM (SELECT DISTINCT hashtext(reference) AS key FROM unnest(p_references) AS reference ORDER BY key) AS keys;
    -- A second statement: its snapshot includes the commits of the transactions that held the locks before.
    RETURN QUERY
        SELECT asked, (SELECT count(*) FROM block_inventory
                        WHERE block_inventory.reference = asked AND NOT is_permanent AND expires_at > now())
          FROM unnest(p_references) AS asked;
END
$$;

-- Changes stock levels by p_changes if they are equal to p_expected: an optimistic write. The levels
-- (p_items[n], p_warehouses[n]) are in ascending order and are all the levels of their items; p_changes[n] is 0 for a
-- level that stays. Returns the time once all levels are locked. Returns NULL and changes nothing if a level differs or
-- an item has another level.
--
-- One UPDATE locks, compares and changes; a separate statement for the locks would look each row up and write it twice.
-- A row that the statement waited for is compared again. Levels that were inserted meanwhile are counted after the
-- locks, as in stock_levels_lock. Rows are locked in order for the reason given at allocate_inventory_products; the
-- session uses generic plans and no sequential scans.
CREATE FUNCTION stock_levels_compare_and_add(p_items bigint[], p_warehouses bigint[], p_expected integer[],
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
      FROM unnest(p_items, p_warehouses, p_expected, p_changes) AS wanted (item, warehouse, expected, change)
     WHERE (inventory.product_id, inventory.warehouse_id) >= (wanted.item, wanted.warehouse)
       AND (inventory.product_id, inventory.warehouse_id) <= (wanted.item, wanted.warehouse)
       AND inventory.stock_quantity = wanted.expected;
    GET DIAGNOSTICS v_changed = ROW_COUNT;
    v_at := clock_timestamp();
    SELECT count(*) INTO v_present FROM inventory WHERE product_id = ANY (p_items);
    IF v_changed <> cardinality(p_items) OR v_present <> v_changed THEN
        RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'a stock level differs from the expected one';
    END IF;
    RETURN v_at;
EXCEPTION WHEN SQLSTATE 'SH001' THEN
    RETURN NULL;
END
$$;

-- Changes stock levels and temporary blocks if all of them are as expected: the optimistic write of a batch that
-- confirms, extends or releases blocks. The levels are those of stock_levels_compare_and_add. The blocks are in
-- ascending order of (p_blocks[n], p_block_items[n]), their primary key. Each is expected to be in p_block_warehouses[n]
-- with p_expected_quantities[n] and p_expected_expiries[n]. It gets p_new_quantities[n] and p_new_expiries[n]; it is
-- permanent if the new expiry is NULL, and deleted if the new quantity is NULL. The batch rejects a request for each of
-- p_rejected_items.
--
-- Returns true after all changes. Returns false and changes nothing if
--  * a level or a block differs, or a block has expired,
--  * one of p_rejected_items has an expired block, whose units have to be returned first, or
--  * the time once the levels are locked differs from p_expected_time by more than p_time_tolerance.
--
-- Levels are locked before blocks, as everywhere. The statements find blocks by the primary key only:
-- `IS NOT DISTINCT FROM` and `IS FALSE` keep PostgreSQL from the index of expiry times, with which it read all blocks
-- that expire at the same moment for each block that is changed.
CREATE FUNCTION stock_apply_if_unchanged(p_items bigint[], p_warehouses bigint[], p_expected integer[],
                                         p_changes integer[], p_blocks bigint[], p_block_items bigint[],
                                         p_block_warehouses bigint[], p_expected_quantities integer[],
                                         p_expected_expiries timestamptz[], p_new_quantities integer[],
                                         p_new_expiries timestamptz[], p_rejected_items bigint[],
                                         p_expected_time timestamptz, p_time_tolerance interval)
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_at      timestamptz;
    v_updated bigint;
    v_deleted bigint;
BEGIN
    v_at := stock_levels_compare_and_add(p_items, p_warehouses, p_expected, p_changes);
    IF v_at IS NULL THEN
        RETURN false;
    END IF;
    IF v_at NOT BETWEEN p_expected_time - p_time_tolerance AND p_expected_time + p_time_tolerance
       OR EXISTS (SELECT FROM unnest(p_expected_expiries) AS expires_at WHERE expires_at <= v_at) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SH001', MESSAGE = 'the time differs from the expected one, or a block has expired';
    END IF;
    IF cardinality(p_rejected_items) > 0
       AND EXISTS (SELECT FROM block_inventory
                    WHERE item_id = ANY (p_rejected_items) AND NOT is_permanent AND expires_at <= v_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'a rejected item has an expired block';
    END IF;
    IF cardinality(p_blocks) > 0 THEN
        UPDATE block_inventory
           SET is_permanent = wanted.new_expiry IS NULL, expires_at = wanted.new_expiry, quantity = wanted.new_quantity
          FROM unnest(p_blocks, p_block_items, p_block_warehouses, p_expected_quantities, p_expected_expiries,
                      p_new_quantities, p_new_expiries)
               AS wanted (id, item, warehouse, expected_quantity, expected_expiry, new_quantity, new_expiry)
         WHERE (block_inventory.id, block_inventory.item_id) >= (wanted.id, wanted.item)
           AND (block_inventory.id, block_inventory.item_id) <= (wanted.id, wanted.item)
           AND block_inventory.warehouse_id = wanted.warehouse AND block_inventory.quantity = wanted.expected_quantity
           AND block_inventory.expires_at IS NOT DISTINCT FROM wanted.expected_expiry
           AND block_inventory.is_permanent IS FALSE AND wanted.new_quantity IS NOT NULL;
        GET DIAGNOSTICS v_updated = ROW_COUNT;
        DELETE FROM block_inventory
         USING unnest(p_blocks, p_block_items, p_block_warehouses, p_expected_quantities, p_expected_expiries,
                      p_new_quantities)
               AS wanted (id, item, warehouse, expected_quantity, expected_expiry, new_quantity)
         WHERE (block_inventory.id, block_inventory.item_id) >= (wanted.id, wanted.item)
           AND (block_inventory.id, block_inventory.item_id) <= (wanted.id, wanted.item)
           AND block_inventory.warehouse_id = wanted.warehouse AND block_inventory.quantity = wanted.expected_quantity
           AND block_inventory.expires_at IS NOT DISTINCT FROM wanted.expected_expiry
           AND block_inventory.is_permanent IS FALSE AND wanted.new_quantity IS NULL;
        GET DIAGNOSTICS v_deleted = ROW_COUNT;
        IF v_updated + v_deleted <> cardinality(p_blocks) THEN
            RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'a block differs from the expected one';
        END IF;
    END IF;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'SH001' THEN
    RETURN false;
END
$$;
