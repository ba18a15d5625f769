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
RETURNS TABLE (item_id bigint, is_known boolean, sku text, warehouse_id bigint, warehouse_code text, available integer, held bigint,
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
        SELECT asked.id, items.id IS NOT NULL, items.sku::text, inventory.warehouse_id, warehouses.code::text,
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

-- Signals: an item is low, sold out, or back in stock. A background task of one server at a time derives them from the
-- ledger and writes them here, once for all servers. Their ids come from the sequence of `stock_movements`, so that the low
-- watermark and the cursors of the event feed hold for them too.
CREATE TABLE stock_signals (
    id          bigint NOT NULL DEFAULT nextval('stock_movements_id_seq'),
    item_id     bigint NOT NULL,
    movement_id bigint NOT NULL,
    on_hand     bigint NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    threshold   integer NOT NULL,
    kind        text NOT NULL,
    CONSTRAINT stock_signals_pkey PRIMARY KEY (id, item_id),
    -- A movement crosses each bound at most once.
    CONSTRAINT stock_signals_once UNIQUE (movement_id, item_id, kind),
    CONSTRAINT stock_signals_kind_valid CHECK (kind IN ('stock.low', 'stock.sold_out', 'stock.back_in_stock')),
    CONSTRAINT stock_signals_created_at_in_range
        CHECK (created_at >= '0001-01-01 00:00:00+00' AND created_at < '10000-01-01 00:00:00+00')
);

-- The units on hand of items as of `signal_position`. An item without a row has the sum of its movements.
CREATE TABLE signal_levels (
    item_id bigint NOT NULL,
    on_hand bigint NOT NULL,
    CONSTRAINT signal_levels_pkey PRIMARY KEY (item_id)
);

-- The position in the ledger up to which signals are written. Movements before this migration have no signals.
CREATE TABLE signal_position (
    position bigint NOT NULL,
    only_row boolean NOT NULL DEFAULT true,
    CONSTRAINT signal_position_pkey PRIMARY KEY (only_row),
    CONSTRAINT signal_position_only_row CHECK (only_row)
);

INSERT INTO signal_position (position)
SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM stock_movements_id_seq;

CREATE TRIGGER stock_signals_low_watermark BEFORE INSERT ON stock_signals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_hold_low_watermark();
CREATE TRIGGER stock_signals_append_only BEFORE UPDATE OR DELETE ON stock_signals FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('stock_signals_append_only', 'stock_signals is append-only');
CREATE TRIGGER stock_signals_not_truncated BEFORE TRUNCATE ON stock_signals FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('stock_signals_append_only', 'stock_signals is append-only');
CREATE TRIGGER signal_levels_not_truncated BEFORE TRUNCATE ON signal_levels FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('signal_levels_not_truncated', 'signal_levels can''t be truncated: servers maintain it');
CREATE TRIGGER signal_position_not_truncated BEFORE TRUNCATE ON signal_position FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('signal_position_not_truncated', 'signal_position can''t be truncated: servers maintain it');
