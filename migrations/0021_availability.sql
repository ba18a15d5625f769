-- Servers cache the units of items for `/api/availability`. A cached item is valid until a row of the ledger, or of
-- `item_changes`, names it.

-- Each transaction that writes to `item_changes` holds the low watermark, whatever the statement is.
CREATE TRIGGER item_changes_low_watermark BEFORE INSERT ON item_changes
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_hold_low_watermark();

-- Marks a row that records a change of units that is no movement. The row is written without the lock of its item's row, so
-- its values may be older than those of an earlier row. Only servers before this migration read them.
ALTER TABLE item_changes ADD COLUMN units_changed boolean NOT NULL DEFAULT false;

-- Records a change of units that is no movement: another application has changed a block, or a stock level without units.
-- The argument is the column with the item's id.
CREATE FUNCTION stock_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    INSERT INTO item_changes (item_id, created_at, price, category, units_changed)
    SELECT id, created_at, CASE WHEN archived_at IS NULL THEN price END, category, true
      FROM items WHERE id = (v_row ->> TG_ARGV[0])::bigint;
    RETURN NULL;
END
$$;

-- A deleted level without units, and a new one, are no movement.
CREATE TRIGGER inventory_change_inserted AFTER INSERT ON inventory FOR EACH ROW
    WHEN (NEW.stock_quantity = 0 AND current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION stock_record_change('product_id');
CREATE TRIGGER inventory_change_deleted AFTER DELETE ON inventory FOR EACH ROW
    WHEN (OLD.stock_quantity = 0 AND current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION stock_record_change('product_id');

CREATE TRIGGER block_inventory_change_updated AFTER UPDATE OF quantity, expires_at, is_permanent ON block_inventory
    FOR EACH ROW
    WHEN (current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on'
          AND (OLD.quantity, OLD.expires_at IS NULL, OLD.is_permanent)
              IS DISTINCT FROM (NEW.quantity, NEW.expires_at IS NULL, NEW.is_permanent))
    EXECUTE FUNCTION stock_record_change('item_id');
CREATE TRIGGER block_inventory_change_deleted AFTER DELETE ON block_inventory FOR EACH ROW
    WHEN (current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION stock_record_change('item_id');

-- The function of 0004 also records the change. A trigger of its own would be evaluated for each block that Stockhold places.
CREATE OR REPLACE FUNCTION block_inventory_check_levels() RETURNS trigger LANGUAGE plpgsql AS $$
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
    INSERT INTO item_changes (item_id, created_at, price, category, units_changed)
    SELECT id, created_at, CASE WHEN archived_at IS NULL THEN price END, category, true
      FROM items WHERE id = ANY (v_items) ORDER BY id;
    RETURN NULL;
END
$$;

-- Returns the units of items at the low watermark of the ledger, for a caller that has cached the units of `p_cached` at the
-- low watermark `p_after`; NULL without a cache. The units of a cached item are returned only if it has changed since.
--
-- There is one row per level, one row without a warehouse for an item without levels, and one row with is_known = false for
-- an id without an item. The last row has no item. It has the low watermark, its fingerprint if it is not `p_after`, and
-- the items that have changed after `p_after`. These are NULL if there may be more than `p_changes_max` changes; then the
-- units of all items are returned.
--
-- The units include all movements of the snapshot. The columns later_… are the sums of those above the low watermark, so that
-- the caller can subtract them. Held units are the units in temporary blocks, also in expired ones until they are reclaimed:
-- only a movement or a row of `item_changes` changes them. SKUs and codes are those of the snapshot, with their version.
--
-- The function is VOLATILE, so each of its statements has its own snapshot. The order matters: last id, locks, changes,
-- units. See 0002_ledger.sql. While the last id is `p_after`, there is no movement after it, so the locks are not read. A
-- transaction may lock with a last id that it read long ago; then the lowest key is below `p_after`, which is still a low
-- watermark.
CREATE FUNCTION stock_availability_after(p_after bigint, p_cached bigint[], p_others bigint[], p_changes_max bigint)
RETURNS TABLE (item_id bigint, is_known boolean, sku text, warehouse_id bigint, warehouse_code text, available integer, held bigint,
               later_available bigint, later_held bigint, lag_seconds double precision, keys_version bigint,
               ledger_position bigint, ledger_fingerprint text, changed bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    v_last        bigint;
    v_position    bigint := p_after;
    v_fingerprint text;
    v_changed     bigint[];
    v_items       bigint[] := p_others;
    v_version     bigint;
BEGIN
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO v_last FROM stock_movements_id_seq;
    IF p_after IS DISTINCT FROM v_last THEN
        SELECT least(v_last, min(((classid::bigint & 65535) << 32) | objid::bigint)) INTO v_position
          FROM pg_locks
         WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = x'5354'::bigint /* LOW_WATERMARK_CLASS */
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
        IF p_after BETWEEN v_position AND v_last THEN
            v_position := p_after;
        END IF;
    END IF;
    IF p_after IS DISTINCT FROM v_position THEN
        v_fingerprint := ledger_fingerprint(v_position);
    END IF;
    IF p_after = v_last THEN
        v_changed := '{}';
    ELSIF v_last - p_after BETWEEN 0 AND p_changes_max THEN
        v_changed := ARRAY (SELECT movements.item_id FROM stock_movements AS movements
                             WHERE movements.id > p_after AND movements.id <= v_last
                            UNION
                            SELECT changes.item_id FROM item_changes AS changes
                             WHERE changes.id > p_after AND changes.id <= v_last);
        v_items := v_items || ARRAY (SELECT unnest(p_cached) INTERSECT SELECT unnest(v_changed));
    ELSE
        v_items := v_items || p_cached;
    END IF;
    IF v_items = '{}' THEN
        SELECT version INTO v_version FROM key_version;
    ELSE
        RETURN QUERY
            SELECT asked.id, items.id IS NOT NULL, items.sku::text, inventory.warehouse_id, warehouses.code::text,
                   coalesce(inventory.stock_quantity, 0), coalesce(temporary.units, 0),
                   coalesce(later.available, 0), coalesce(later.held, 0), later.lag, keys.version,
                   NULL::bigint, NULL::text, NULL::bigint[]
              FROM key_version AS keys
             CROSS JOIN unnest(v_items) AS asked (id)
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
    END IF;
    RETURN QUERY
        SELECT NULL::bigint, NULL::boolean, NULL::text, NULL::bigint, NULL::text, NULL::integer, NULL::bigint, NULL::bigint,
               NULL::bigint, NULL::double precision, v_version, v_position, v_fingerprint, v_changed;
END
$$;
