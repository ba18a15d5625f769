-- stock_changes_take finds blocks by their primary key only. With `expires_at = …` PostgreSQL chose the index of expiry
-- times: blocks that expire at the same moment were then all read for each block that is changed. No index serves
-- `IS NOT DISTINCT FROM`.
CREATE OR REPLACE FUNCTION stock_changes_take(p_items bigint[], p_warehouses bigint[], p_believed integer[],
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
           AND block_inventory.expires_at IS NOT DISTINCT FROM named.until
           AND block_inventory.is_permanent IS FALSE AND named.left_over IS NOT NULL;
        GET DIAGNOSTICS v_kept = ROW_COUNT;
        DELETE FROM block_inventory
         USING unnest(p_blocks, p_block_items, p_block_warehouses, p_holding, p_until, p_left)
               AS named (id, item, warehouse, holding, until, left_over)
         WHERE (block_inventory.id, block_inventory.item_id) >= (named.id, named.item)
           AND (block_inventory.id, block_inventory.item_id) <= (named.id, named.item)
           AND block_inventory.warehouse_id = named.warehouse AND block_inventory.quantity = named.holding
           AND block_inventory.expires_at IS NOT DISTINCT FROM named.until
           AND block_inventory.is_permanent IS FALSE AND named.left_over IS NULL;
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
