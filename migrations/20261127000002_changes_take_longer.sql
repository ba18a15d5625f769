-- stock_changes_take for blocks that are extended too, and the temporary blocks of references in one call.

-- Locks references until the transaction ends, in the order in which everyone does, and counts their temporary blocks
-- then. References come before stock levels.
CREATE FUNCTION references_lock(p_references text[])
RETURNS TABLE (name text, blocks bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x'5246'::integer, key)
       FROM (SELECT DISTINCT hashtext(reference) AS key FROM unnest(p_references) AS reference ORDER BY key) AS keys;
    -- A statement of its own, which sees what others committed before they let go of the locks.
    RETURN QUERY
        SELECT asked, (SELECT count(*) FROM block_inventory
                        WHERE block_inventory.reference = asked AND NOT is_permanent AND expires_at > now())
          FROM unnest(p_references) AS asked;
END
$$;

-- As before, but that a block which is not over is held until p_until_left[n] from now on, and is permanent where that
-- is NULL. Servers of the version before find no function that they can call, and go the long way.
DROP FUNCTION stock_changes_take(bigint[], bigint[], integer[], integer[], bigint[], bigint[], bigint[], integer[],
                                 timestamptz[], integer[], bigint[], timestamptz, interval);

-- Changes stock levels and blocks if they are as believed; what stock_levels_take does for blocks that are placed,
-- with their confirmations, extensions and releases. The levels are as there. The blocks are temporary ones of these
-- items, p_blocks[n] of p_block_items[n], in order, each believed to hold p_holding[n] units of p_block_warehouses[n]
-- until p_until[n]; it keeps p_left[n] units until p_until_left[n], for good where that is NULL, or is over where
-- p_left[n] is NULL. Of the items p_short somebody is refused too.
--
-- True if all of that was done. False where a level or a block is not as believed, a block has expired, one of p_short
-- has an expired block whose units are due back, or the database's time, once the levels are locked, is not within
-- p_near of p_foreseen: then nothing has changed.
--
-- Whoever changes a block has locked its level first, so that levels come first here too; a block that somebody
-- changed by hand is found to be another by the statement that changes it.
CREATE FUNCTION stock_changes_take(p_items bigint[], p_warehouses bigint[], p_believed integer[],
                                   p_changes integer[], p_blocks bigint[], p_block_items bigint[],
                                   p_block_warehouses bigint[], p_holding integer[], p_until timestamptz[],
                                   p_left integer[], p_until_left timestamptz[], p_short bigint[],
                                   p_foreseen timestamptz, p_near interval)
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_at   timestamptz;
    v_kept bigint;
    v_over bigint;
BEGIN
    v_at := stock_levels_take(p_items, p_warehouses, p_believed, p_changes);
    IF v_at IS NULL THEN
        RETURN false;
    END IF;
    IF v_at NOT BETWEEN p_foreseen - p_near AND p_foreseen + p_near
       OR EXISTS (SELECT FROM unnest(p_until) AS until WHERE until <= v_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'the time is not as foreseen';
    END IF;
    IF cardinality(p_short) > 0 AND EXISTS (SELECT FROM block_inventory
                                             WHERE item_id = ANY (p_short) AND NOT is_permanent
                                               AND expires_at <= v_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'units are due back';
    END IF;
    IF cardinality(p_blocks) > 0 THEN
        UPDATE block_inventory
           SET is_permanent = named.until_left IS NULL, expires_at = named.until_left, quantity = named.left_over
          FROM unnest(p_blocks, p_block_items, p_block_warehouses, p_holding, p_until, p_left, p_until_left)
               AS named (id, item, warehouse, holding, until, left_over, until_left)
         WHERE (block_inventory.id, block_inventory.item_id) >= (named.id, named.item)
           AND (block_inventory.id, block_inventory.item_id) <= (named.id, named.item)
           AND block_inventory.warehouse_id = named.warehouse AND block_inventory.quantity = named.holding
           AND block_inventory.expires_at = named.until
           AND NOT block_inventory.is_permanent AND named.left_over IS NOT NULL;
        GET DIAGNOSTICS v_kept = ROW_COUNT;
        DELETE FROM block_inventory
         USING unnest(p_blocks, p_block_items, p_block_warehouses, p_holding, p_until, p_left)
               AS named (id, item, warehouse, holding, until, left_over)
         WHERE (block_inventory.id, block_inventory.item_id) >= (named.id, named.item)
           AND (block_inventory.id, block_inventory.item_id) <= (named.id, named.item)
           AND block_inventory.warehouse_id = named.warehouse AND block_inventory.quantity = named.holding
           AND block_inventory.expires_at = named.until
           AND NOT block_inventory.is_permanent AND named.left_over IS NULL;
        GET DIAGNOSTICS v_over = ROW_COUNT;
        IF v_kept + v_over <> cardinality(p_blocks) THEN
            RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'a block is not as believed';
        END IF;
    END IF;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'SH001' THEN
    RETURN false;
END
$$;
