-- Bulk reads and writes.

-- Returns the units of these items in each warehouse, from one snapshot, with the low watermark of the ledger that was
-- read before the snapshot. Every movement up to the low watermark is in the snapshot. The columns later_… are the sums of
-- the movements in the snapshot that are above it, so that a caller can subtract them. There is one row per level, one row
-- without a warehouse for an item without levels, and one row with is_known = false for an id without an item.
--
-- Held units are the units in temporary blocks, also in expired ones until they are reclaimed: the ledger alone changes
-- them. Permanent blocks have no expiry, so the index of an item's blocks skips them.
--
-- Usually no movement is above the low watermark. The sequence shows that, and the movements are not searched then.
--
-- The function is VOLATILE, so each of its statements has its own snapshot. The order matters: last id, locks, levels. See
-- 0002_ledger.sql.
CREATE FUNCTION stock_availability(p_items bigint[])
RETURNS TABLE (item_id bigint, is_known boolean, warehouse_id bigint, warehouse_code text, available integer, held bigint,
               later_available bigint, later_held bigint, lag_seconds double precision, ledger_position bigint,
               ledger_fingerprint text)
LANGUAGE plpgsql AS $$
DECLARE
    v_last        bigint;
    v_position    bigint;
    v_fingerprint text;
BEGIN
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO v_last FROM stock_movements_id_seq;
    SELECT least(v_last, min(((classid::bigint & 65535) << 32) | objid::bigint)) INTO v_position
      FROM pg_locks
     WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = x'5354'::bigint /* LOW_WATERMARK_CLASS */
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    v_fingerprint := ledger_fingerprint(v_position);
    RETURN QUERY
        SELECT asked.id, items.id IS NOT NULL, inventory.warehouse_id, warehouses.code::text,
               coalesce(inventory.stock_quantity, 0), coalesce(temporary.units, 0),
               coalesce(later.available, 0), coalesce(later.held, 0), later.lag, v_position, v_fingerprint
          FROM unnest(p_items) AS asked (id)
          LEFT JOIN items ON items.id = asked.id
          LEFT JOIN inventory ON inventory.product_id = items.id
          LEFT JOIN warehouses ON warehouses.id = inventory.warehouse_id
          LEFT JOIN LATERAL (
              SELECT sum(blocks.quantity)::bigint AS units FROM block_inventory AS blocks
               WHERE blocks.item_id = asked.id AND blocks.warehouse_id = inventory.warehouse_id
                 AND blocks.expires_at IS NOT NULL AND blocks.is_permanent IS FALSE) AS temporary ON true
          LEFT JOIN LATERAL (
              SELECT sum(movements.change)::bigint AS available,
                     sum(CASE WHEN movements.reason IN ('blocked', 'released', 'expired') THEN -movements.change
                              WHEN movements.reason = 'confirmed' THEN -coalesce(sold.quantity, 0)
                              ELSE 0 END)::bigint AS held,
                     extract(epoch FROM clock_timestamp() - min(movements.created_at))::double precision AS lag
                FROM stock_movements AS movements
                LEFT JOIN block_inventory AS sold
                       ON movements.reason = 'confirmed' AND sold.id = movements.block_id
                      AND sold.item_id = movements.item_id AND sold.is_permanent
               WHERE movements.item_id = asked.id AND movements.warehouse_id = inventory.warehouse_id
                 AND movements.id > v_position AND (SELECT last_value > v_position FROM stock_movements_id_seq)
               ) AS later ON true;
END
$$;
