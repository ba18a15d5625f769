SET LOCAL lock_timeout = '500ms';

-- Archives: old movements and audit events are exported to files and then deleted. Checkpoints keep the sums of the deleted
-- movements, so that checkpoint plus ledger is the stock at every commit.

-- How far the movements and the audit events are archived: one row each. All rows with ids up to `position` are deleted.
CREATE TABLE archive_positions (
    kind        text NOT NULL,
    position    bigint NOT NULL DEFAULT 0,
    -- The movement at the position, as `ledger_fingerprint` reads it. NULL for audit events, and if nothing is archived.
    last_line   text,
    -- The latest time of an archived row. NULL if nothing is archived.
    until       timestamptz,
    archived_at timestamptz,
    CONSTRAINT archive_positions_pkey PRIMARY KEY (kind),
    CONSTRAINT archive_positions_kind_known CHECK (kind IN ('movements', 'audit'))
);

INSERT INTO archive_positions (kind) VALUES ('movements'), ('audit');

-- The sums of the archived movements of a stock level: its units in each state at the end of the archive.
CREATE TABLE ledger_checkpoints (
    item_id      bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    -- The number of archived movements, the last of them, and its time.
    movements    bigint NOT NULL,
    last_id      bigint NOT NULL,
    last_at      timestamptz NOT NULL,
    available    bigint NOT NULL,
    held         bigint NOT NULL,
    committed    bigint NOT NULL,
    damaged      bigint NOT NULL,
    quarantined  bigint NOT NULL,
    CONSTRAINT ledger_checkpoints_pkey PRIMARY KEY (item_id, warehouse_id)
);

-- The sums of the archived movements of a block or an order by stock level, if one of them is not zero: of blocks that exist,
-- and of orders with allocated or shipped units. The id is 0 for movements that name no block or order.
CREATE TABLE ledger_holders (
    item_id      bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    holder       text NOT NULL,
    holder_id    bigint NOT NULL,
    -- The sum of the changes of the stock level. Units that are held or sold are negative.
    change       bigint NOT NULL,
    shipped      bigint NOT NULL,
    returned     bigint NOT NULL,
    -- Whether a movement confirmed the block.
    confirmed    boolean NOT NULL,
    CONSTRAINT ledger_holders_pkey PRIMARY KEY (item_id, warehouse_id, holder, holder_id),
    CONSTRAINT ledger_holders_holder_known CHECK (holder IN ('block', 'order'))
);

CREATE INDEX ledger_holders_ended_idx ON ledger_holders (item_id) WHERE change = 0 AND shipped = 0 AND returned = 0;

-- `stockhold.archiving` has the id of the transaction that archives, so a value that a session sets by hand has no effect in
-- another transaction.

CREATE TRIGGER archive_positions_fixed BEFORE INSERT OR UPDATE OR DELETE ON archive_positions FOR EACH STATEMENT
    WHEN (current_setting('stockhold.archiving', true) IS DISTINCT FROM pg_current_xact_id()::text)
    EXECUTE FUNCTION refuse_write('archive_positions_fixed', 'only ledger_archive and audit_archive change archive_positions');
CREATE TRIGGER archive_positions_not_truncated BEFORE TRUNCATE ON archive_positions FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('archive_positions_fixed', 'archive_positions can''t be truncated');
CREATE TRIGGER ledger_checkpoints_fixed BEFORE INSERT OR UPDATE OR DELETE ON ledger_checkpoints FOR EACH STATEMENT
    WHEN (current_setting('stockhold.archiving', true) IS DISTINCT FROM pg_current_xact_id()::text)
    EXECUTE FUNCTION refuse_write('ledger_checkpoints_fixed', 'only ledger_archive changes ledger_checkpoints');
CREATE TRIGGER ledger_checkpoints_not_truncated BEFORE TRUNCATE ON ledger_checkpoints FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('ledger_checkpoints_fixed', 'ledger_checkpoints can''t be truncated');
CREATE TRIGGER ledger_holders_fixed BEFORE INSERT OR UPDATE OR DELETE ON ledger_holders FOR EACH STATEMENT
    WHEN (current_setting('stockhold.archiving', true) IS DISTINCT FROM pg_current_xact_id()::text)
    EXECUTE FUNCTION refuse_write('ledger_holders_fixed', 'only ledger_archive changes ledger_holders');
CREATE TRIGGER ledger_holders_not_truncated BEFORE TRUNCATE ON ledger_holders FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('ledger_holders_fixed', 'ledger_holders can''t be truncated');

-- Movements are deleted by `ledger_archive` alone.
DROP TRIGGER stock_movements_append_only ON stock_movements;
CREATE TRIGGER stock_movements_append_only BEFORE UPDATE ON stock_movements FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('stock_movements_append_only', 'stock_movements is append-only');
CREATE TRIGGER stock_movements_not_deleted BEFORE DELETE ON stock_movements FOR EACH STATEMENT
    WHEN (current_setting('stockhold.archiving', true) IS DISTINCT FROM pg_current_xact_id()::text)
    EXECUTE FUNCTION refuse_write('stock_movements_append_only',
        'stock_movements is append-only: ledger_archive deletes archived movements');

-- The second check of a deletion: the movements are archived by their position, and at least 30 days old.
CREATE FUNCTION ledger_check_archived() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_last     bigint;
    v_newest   timestamptz;
    v_position bigint;
BEGIN
    SELECT max(id), max(created_at) INTO v_last, v_newest FROM old_movements;
    SELECT position INTO v_position FROM archive_positions WHERE kind = 'movements';
    IF v_last > v_position OR v_newest > now() - interval '30 days' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'stock_movements_append_only', TABLE = TG_TABLE_NAME,
            MESSAGE = 'movements that are not archived, or of the last 30 days, can''t be deleted';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER stock_movements_archived AFTER DELETE ON stock_movements
    REFERENCING OLD TABLE AS old_movements FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_archived();

-- Returns the units of a confirmed block whose movement does not have them: servers before migration 28 wrote none.
CREATE FUNCTION stock_confirmed_units(p_item bigint, p_block bigint) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT quantity FROM block_inventory
                      WHERE id = p_block AND item_id = p_item AND is_permanent),
                    (SELECT units FROM stock_movements
                      WHERE block_id = p_block AND item_id = p_item AND reason = 'sale_converted' LIMIT 1), 0)
$$;

-- Adds the movements after `p_after`, up to `p_last`, to the checkpoints, and deletes them. The caller has written them to a
-- file: `p_rows` is their number there. `p_after` is the position of the archive.
--
-- Errors: `serialization_failure` if the position or the number differs; `check_violation` if a movement is of the last 30
-- days. Then nothing has changed.
CREATE FUNCTION ledger_archive(p_after bigint, p_last bigint, p_rows bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_deleted bigint;
BEGIN
    PERFORM set_config('stockhold.archiving', pg_current_xact_id()::text, true);
    UPDATE archive_positions
       SET position = p_last, archived_at = now(),
           until = greatest(until, (SELECT max(created_at) FROM stock_movements WHERE id > p_after AND id <= p_last)),
           last_line = (SELECT concat_ws(':', id, item_id, warehouse_id, change, extract(epoch FROM created_at))
                          FROM stock_movements WHERE id <= p_last ORDER BY id DESC LIMIT 1)
     WHERE kind = 'movements' AND position = p_after AND p_last > p_after;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'the archive has another position';
    END IF;

    INSERT INTO ledger_checkpoints AS present (item_id, warehouse_id, movements, last_id, last_at, available, held,
                                               committed, damaged, quarantined)
    SELECT movements.item_id, movements.warehouse_id, count(*), max(movements.id), max(movements.created_at),
           sum(movements.change), sum(effects.held), sum(effects.committed), sum(effects.damaged),
           sum(effects.quarantined)
      FROM stock_movements AS movements
     CROSS JOIN LATERAL stock_movement_effects(
               movements.reason, movements.change, movements.units, movements.condition,
               CASE WHEN movements.units IS NULL AND movements.reason IN ('confirmed', 'hold_converted')
                    THEN stock_confirmed_units(movements.item_id, movements.block_id) END) AS effects
     WHERE movements.id > p_after AND movements.id <= p_last
     GROUP BY movements.item_id, movements.warehouse_id
        ON CONFLICT (item_id, warehouse_id) DO UPDATE
       SET movements = present.movements + excluded.movements, last_id = excluded.last_id,
           last_at = greatest(present.last_at, excluded.last_at),
           available = present.available + excluded.available, held = present.held + excluded.held,
           committed = present.committed + excluded.committed, damaged = present.damaged + excluded.damaged,
           quarantined = present.quarantined + excluded.quarantined;

    -- The sums are those of `stockhold reconcile`, by block and by order.
    INSERT INTO ledger_holders AS present (item_id, warehouse_id, holder, holder_id, change, shipped, returned, confirmed)
    SELECT movements.item_id, movements.warehouse_id, sides.holder, coalesce(sides.holder_id, 0), sum(sides.change),
           sum(sides.shipped), sum(sides.returned), bool_or(sides.holder = 'block' AND movements.reason = 'confirmed')
      FROM stock_movements AS movements
     CROSS JOIN LATERAL ledger_holder_units(movements.reason, movements.change, movements.units, movements.block_id,
                                            movements.order_id) AS sides
     WHERE movements.id > p_after AND movements.id <= p_last
     GROUP BY movements.item_id, movements.warehouse_id, sides.holder, coalesce(sides.holder_id, 0)
        ON CONFLICT (item_id, warehouse_id, holder, holder_id) DO UPDATE
       SET change = present.change + excluded.change, shipped = present.shipped + excluded.shipped,
           returned = present.returned + excluded.returned, confirmed = present.confirmed OR excluded.confirmed;
    DELETE FROM ledger_holders WHERE change = 0 AND shipped = 0 AND returned = 0;

    DELETE FROM stock_movements WHERE id > p_after AND id <= p_last;
    GET DIAGNOSTICS v_deleted = ROW_COUNT;
    PERFORM set_config('stockhold.archiving', '', true);
    IF v_deleted <> p_rows THEN
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'the file has another number of movements';
    END IF;
END
$$;

-- Returns the units of the block and of the order that a movement concerns. A conversion concerns both: the units went from the
-- block to the order. Units of a block that left the shelf belong to the block, also if its order is named.
CREATE FUNCTION ledger_holder_units(p_reason text, p_change integer, p_units integer, p_block bigint, p_order bigint)
RETURNS TABLE (holder text, holder_id bigint, change integer, shipped integer, returned integer)
LANGUAGE sql IMMUTABLE AS $$
    SELECT 'block', p_block, CASE WHEN p_reason IN ('hold_converted', 'sale_converted') THEN p_units
                                  WHEN p_reason = 'shipped' THEN 0 ELSE p_change END,
           CASE WHEN p_reason = 'shipped' THEN p_units ELSE 0 END, 0
     WHERE p_reason IN ('blocked', 'released', 'expired', 'confirmed', 'hold_converted', 'sale_converted')
        OR p_reason = 'shipped' AND p_block IS NOT NULL
     UNION ALL
    SELECT 'order', p_order, CASE WHEN p_reason IN ('hold_converted', 'sale_converted') THEN -p_units
                                  WHEN p_reason IN ('shipped', 'returned') THEN 0 ELSE p_change END,
           CASE WHEN p_reason = 'shipped' THEN p_units ELSE 0 END, CASE WHEN p_reason = 'returned' THEN p_units ELSE 0 END
     WHERE p_reason IN ('allocated', 'cancelled', 'hold_converted', 'sale_converted')
        OR p_reason IN ('shipped', 'returned') AND p_block IS NULL
$$;

-- Deletes the audit events after `p_after`, up to `p_last`. The caller has written them to a file: `p_rows` is their number
-- there. `p_after` is the position of the archive.
--
-- Errors: `serialization_failure` if the position or the number differs; `check_violation` if an event is of the last 30 days.
-- Then nothing has changed.
CREATE FUNCTION audit_archive(p_after bigint, p_last bigint, p_rows bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_newest  timestamptz;
    v_deleted bigint;
BEGIN
    SELECT max(created_at) INTO v_newest FROM audit_events WHERE id > p_after AND id <= p_last;
    IF v_newest > now() - interval '30 days' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'audit_events_append_only', TABLE = 'audit_events',
            MESSAGE = 'audit events of the last 30 days can''t be deleted';
    END IF;
    PERFORM set_config('stockhold.archiving', pg_current_xact_id()::text, true),
            set_config('stockhold.audit_expiry', 'on', true);
    UPDATE archive_positions
       SET position = p_last, archived_at = now(), until = greatest(until, v_newest)
     WHERE kind = 'audit' AND position = p_after AND p_last > p_after;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'the archive has another position';
    END IF;
    DELETE FROM audit_events WHERE id > p_after AND id <= p_last;
    GET DIAGNOSTICS v_deleted = ROW_COUNT;
    PERFORM set_config('stockhold.archiving', '', true), set_config('stockhold.audit_expiry', '', true);
    IF v_deleted <> p_rows THEN
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'the file has another number of events';
    END IF;
END
$$;

-- The same as before. After the movements up to the position are archived, the last of them is read from the archive's
-- position, so that cursors at and after it stay valid.
CREATE OR REPLACE FUNCTION ledger_fingerprint(p_position bigint) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_ledger text;
    v_line   text;
BEGIN
    SELECT id::text INTO v_ledger FROM ledger_identity;
    SELECT concat_ws(':', id, item_id, warehouse_id, change, extract(epoch FROM created_at)) INTO v_line
      FROM stock_movements WHERE id <= p_position ORDER BY id DESC LIMIT 1;
    IF v_line IS NULL THEN
        SELECT last_line INTO v_line FROM archive_positions WHERE kind = 'movements' AND position <= p_position;
    END IF;
    RETURN substr(md5(concat_ws('/', v_ledger, v_line)), 1, 16);
END
$$;
