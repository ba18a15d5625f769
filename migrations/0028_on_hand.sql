-- Units on hand: units that can't be sold because of their condition, and the units of a level by state.

-- Units on the shelf that can't be sold because of their condition. They are not among the units of `inventory`.
CREATE TABLE unsellable_stock (
    item_id      bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    damaged      integer NOT NULL DEFAULT 0,
    quarantined  integer NOT NULL DEFAULT 0,
    CONSTRAINT unsellable_stock_pkey PRIMARY KEY (item_id, warehouse_id),
    CONSTRAINT unsellable_stock_damaged_not_negative CHECK (damaged >= 0),
    CONSTRAINT unsellable_stock_quarantined_not_negative CHECK (quarantined >= 0)
);

CREATE TRIGGER unsellable_stock_not_truncated BEFORE TRUNCATE ON unsellable_stock FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('unsellable_stock_not_truncated',
        'unsellable_stock can''t be truncated: dispose of the units, or delete their rows');

-- Servers cache the units of items. A change by another application is no movement, so it gets a row in `item_changes`.
CREATE TRIGGER unsellable_stock_change AFTER INSERT OR UPDATE OR DELETE ON unsellable_stock FOR EACH ROW
    WHEN (current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION stock_record_change('item_id');
CREATE TRIGGER order_allocations_change AFTER INSERT OR UPDATE OR DELETE ON order_allocations FOR EACH ROW
    WHEN (current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION stock_record_change('item_id');
CREATE TRIGGER block_inventory_change_shipped AFTER UPDATE OF is_shipped ON block_inventory FOR EACH ROW
    WHEN (OLD.is_shipped <> NEW.is_shipped
          AND current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION stock_record_change('item_id');

ALTER TABLE stock_movements
    -- The condition that the units of the movement enter, or leave if they are restored or disposed of. NULL for a movement
    -- of units that can be sold.
    ADD COLUMN condition text,
    ADD CONSTRAINT stock_movements_condition_valid CHECK (condition IN ('damaged', 'quarantine')) NOT VALID,
    DROP CONSTRAINT stock_movements_reason_valid,
    ADD CONSTRAINT stock_movements_reason_valid CHECK (reason IN ('received', 'written_off', 'moved', 'blocked',
        'released', 'expired', 'confirmed', 'allocated', 'cancelled', 'corrected', 'hold_converted', 'sale_converted',
        'shipped', 'returned', 'set_aside', 'restored', 'disposed',
        -- Units entered a condition from the other one. `change` is 0.
        'reclassified')) NOT VALID;

-- The units that were sold by permanent blocks and are on the shelf, by stock level. A block that is shipped leaves the index.
CREATE INDEX block_inventory_unshipped_idx ON block_inventory (item_id, warehouse_id) INCLUDE (quantity)
    WHERE is_permanent AND NOT is_shipped;
-- The units that are allocated to orders and are on the shelf, by stock level.
CREATE INDEX order_allocations_unshipped_idx ON order_allocations (item_id, warehouse_id) INCLUDE (allocated)
    WHERE allocated > 0;

-- The highest ids at the time of this migration. The ledger has no movement for the units that count as shipped since 0023.
CREATE TABLE shipping_start (
    block_id bigint NOT NULL,
    order_id bigint NOT NULL,
    only_row boolean NOT NULL DEFAULT true,
    CONSTRAINT shipping_start_pkey PRIMARY KEY (only_row),
    CONSTRAINT shipping_start_only_row CHECK (only_row)
);

INSERT INTO shipping_start (block_id, order_id)
SELECT coalesce((SELECT max(id) FROM block_inventory), 0), coalesce((SELECT max(id) FROM orders), 0);

CREATE TRIGGER shipping_start_fixed BEFORE UPDATE OR DELETE ON shipping_start FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('shipping_start_fixed', 'shipping_start can''t be changed');
CREATE TRIGGER shipping_start_not_truncated BEFORE TRUNCATE ON shipping_start FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('shipping_start_fixed', 'shipping_start can''t be changed');

-- A stock level with unsellable units can't be deleted.
CREATE FUNCTION inventory_check_unsellable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM unsellable_stock
                WHERE item_id = OLD.product_id AND warehouse_id = OLD.warehouse_id
                  AND (damaged > 0 OR quarantined > 0)) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'unsellable_stock_level_fkey',
            TABLE = 'unsellable_stock', MESSAGE = 'there are unsellable units of this stock level';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER inventory_unsellable_deleted AFTER DELETE ON inventory FOR EACH ROW
    EXECUTE FUNCTION inventory_check_unsellable();

-- Returns the units of a stock level that are on the shelf and not available. Held units include those of expired blocks until
-- they are reclaimed. Committed units are sold by permanent blocks or allocated to orders, and not shipped. PostgreSQL inlines
-- the function.
CREATE FUNCTION stock_shelf_units(p_item bigint, p_warehouse bigint)
RETURNS TABLE (held bigint, committed bigint, damaged bigint, quarantined bigint)
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT sum(blocks.quantity) FROM block_inventory AS blocks
                      WHERE blocks.item_id = p_item AND blocks.warehouse_id = p_warehouse
                        AND blocks.expires_at IS NOT NULL AND blocks.is_permanent IS FALSE), 0)::bigint,
           coalesce((SELECT sum(blocks.quantity) FROM block_inventory AS blocks
                      WHERE blocks.item_id = p_item AND blocks.warehouse_id = p_warehouse
                        AND blocks.is_permanent AND NOT blocks.is_shipped), 0)::bigint
           + coalesce((SELECT sum(orders.allocated) FROM order_allocations AS orders
                        WHERE orders.item_id = p_item AND orders.warehouse_id = p_warehouse
                          AND orders.allocated > 0), 0)::bigint,
           coalesce(unsellable.damaged, 0)::bigint, coalesce(unsellable.quarantined, 0)::bigint
      FROM (SELECT) AS one_row
      LEFT JOIN unsellable_stock AS unsellable
             ON unsellable.item_id = p_item AND unsellable.warehouse_id = p_warehouse
$$;

-- Returns the effects of a movement on the units of its level that are on the shelf and not available. `p_confirmed` is the
-- number of units of a confirmed block whose movement does not have it: servers before this migration wrote none.
CREATE FUNCTION stock_movement_effects(p_reason text, p_change integer, p_units integer, p_condition text, p_confirmed integer)
RETURNS TABLE (held integer, committed integer, damaged integer, quarantined integer)
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_reason IN ('blocked', 'released', 'expired') THEN -p_change
                WHEN p_reason IN ('confirmed', 'hold_converted') THEN -coalesce(p_units, p_confirmed, 0)
                ELSE 0 END,
           CASE WHEN p_reason IN ('confirmed', 'hold_converted') THEN coalesce(p_units, p_confirmed, 0)
                WHEN p_reason IN ('allocated', 'cancelled') THEN -p_change
                WHEN p_reason = 'shipped' THEN -p_units
                ELSE 0 END,
           CASE WHEN p_reason = 'reclassified' AND p_condition = 'quarantine' THEN -p_units
                WHEN p_condition IS DISTINCT FROM 'damaged' THEN 0
                WHEN p_reason IN ('set_aside', 'reclassified', 'returned') THEN p_units
                WHEN p_reason IN ('restored', 'disposed') THEN -p_units
                ELSE 0 END,
           CASE WHEN p_reason = 'reclassified' AND p_condition = 'damaged' THEN -p_units
                WHEN p_condition IS DISTINCT FROM 'quarantine' THEN 0
                WHEN p_reason IN ('set_aside', 'reclassified', 'returned') THEN p_units
                WHEN p_reason IN ('restored', 'disposed') THEN -p_units
                ELSE 0 END
$$;

-- The same as stock_availability_after, with all states of the units on hand. Servers before this migration call that one.
CREATE FUNCTION stock_units_after(p_after bigint, p_cached bigint[], p_others bigint[], p_changes_max bigint)
RETURNS TABLE (item_id bigint, is_known boolean, sku text, warehouse_id bigint, warehouse_code text,
               available bigint, held bigint, committed bigint, damaged bigint, quarantined bigint,
               later_available bigint, later_held bigint, later_committed bigint, later_damaged bigint,
               later_quarantined bigint, lag_seconds double precision, keys_version bigint,
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
                   coalesce(inventory.stock_quantity, 0)::bigint, shelf.held, shelf.committed, shelf.damaged,
                   shelf.quarantined, coalesce(later.available, 0), coalesce(later.held, 0),
                   coalesce(later.committed, 0), coalesce(later.damaged, 0), coalesce(later.quarantined, 0), later.lag,
                   keys.version, NULL::bigint, NULL::text, NULL::bigint[]
              FROM key_version AS keys
             CROSS JOIN unnest(v_items) AS asked (id)
              LEFT JOIN items ON items.id = asked.id
              LEFT JOIN inventory ON inventory.product_id = items.id
              LEFT JOIN warehouses ON warehouses.id = inventory.warehouse_id
              LEFT JOIN LATERAL stock_shelf_units(asked.id, inventory.warehouse_id) AS shelf ON true
              LEFT JOIN LATERAL (
                  SELECT sum(movements.change)::bigint AS available, sum(effects.held)::bigint AS held,
                         sum(effects.committed)::bigint AS committed, sum(effects.damaged)::bigint AS damaged,
                         sum(effects.quarantined)::bigint AS quarantined,
                         extract(epoch FROM clock_timestamp() - min(movements.created_at))::double precision AS lag
                    FROM stock_movements AS movements
                    LEFT JOIN block_inventory AS sold
                           ON movements.reason = 'confirmed' AND movements.units IS NULL
                          AND sold.id = movements.block_id AND sold.item_id = movements.item_id AND sold.is_permanent
                   CROSS JOIN LATERAL stock_movement_effects(movements.reason, movements.change, movements.units,
                                                             movements.condition, sold.quantity) AS effects
                   WHERE movements.item_id = asked.id AND movements.warehouse_id = inventory.warehouse_id
                     AND movements.id > v_position AND (SELECT last_value > v_position FROM stock_movements_id_seq)
                   ) AS later ON true;
    END IF;
    RETURN QUERY
        SELECT NULL::bigint, NULL::boolean, NULL::text, NULL::bigint, NULL::text, NULL::bigint, NULL::bigint,
               NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint,
               NULL::bigint, NULL::double precision, v_version, v_position, v_fingerprint, v_changed;
END
$$;
