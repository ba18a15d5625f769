-- Several shops in one database: each has a schema of its own. Advisory locks and notifications belong to the database, so
-- their keys and channels contain the schema. In the schema `public` they are those of earlier versions, so that servers of
-- two versions work together.

-- shop_number() returns the number of the shop in the keys of advisory locks: 0 in `public`, otherwise 16 bits of the hash of the
-- schema's name. `stockhold shop add` rejects a name whose number another shop has. shop_channel(channel) returns the name of a
-- notification channel of this shop, which PostgreSQL limits to 63 bytes.
--
-- Both return constants. The schema of a session (`current_schema`) may be another one than that of the tables: another
-- application may have a schema before `public` in its search path.
DO $do$
BEGIN
    EXECUTE format(
        'CREATE FUNCTION shop_number() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT %s $$',
        CASE current_schema() WHEN 'public' THEN 0 ELSE hashtext(current_schema()) & x'ffff'::integer END);
    EXECUTE format(
        'CREATE FUNCTION shop_channel(p_channel text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
             AS $$ SELECT p_channel || %L $$',
        CASE current_schema() WHEN 'public' THEN '' ELSE '.' || current_schema() END);
END
$do$;

-- Returns the class of an advisory lock with two integers as its key: the shop's number in the upper 16 bits. The class of the
-- low watermark has 16 bits in all, so the shop's number is combined with it by exclusive or.
CREATE FUNCTION shop_lock_class(p_class integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_class | (shop_number() << 16)
$$;

-- Takes the lock of the low watermark, see 0002_ledger.sql. The key has the lower 48 bits of the last id: on a node of Citus,
-- the upper bits of all ids are the number of the node.
CREATE OR REPLACE FUNCTION ledger_hold_low_watermark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('stockhold.low_watermark_held', true) = pg_current_xact_id()::text THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(
                ((x'5354'::integer /* LOW_WATERMARK_CLASS */ # shop_number())::bigint << 48)
                + CASE WHEN is_called THEN last_value & x'ffffffffffff'::bigint ELSE 0 END),
            set_config('stockhold.low_watermark_held', pg_current_xact_id()::text, true)
       FROM stock_movements_id_seq;
    RETURN NULL;
END
$$;

-- Returns the low watermark of the ledger, whose last id was read before: the lowest id of a lock that is held, or the last
-- id. VOLATILE, so that it reads the locks after the caller's last id. See 0002_ledger.sql.
CREATE FUNCTION ledger_low_watermark(p_last bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (
        SELECT least(p_last, min((p_last >> 48 << 48) | ((classid::bigint & 65535) << 32) | objid::bigint))
          FROM pg_locks
         WHERE locktype = 'advisory' AND objsubid = 1
           AND classid::bigint >> 16 = (SELECT x'5354'::integer /* LOW_WATERMARK_CLASS */ # shop_number())
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
END
$$;

-- Locks references, see 0005_batch.sql.
CREATE OR REPLACE FUNCTION references_lock(p_references text[])
RETURNS TABLE (name text, blocks bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(shop_lock_class(x'5246'::integer /* REFERENCE_CLASS */), key)
       FROM (SELECT DISTINCT hashtext(reference) AS key FROM unnest(p_references) AS reference ORDER BY key) AS keys;
    -- A second statement: its snapshot includes the commits of the transactions that held the locks before.
    RETURN QUERY
        SELECT asked, (SELECT count(*) FROM block_inventory
                        WHERE block_inventory.reference = asked AND NOT is_permanent AND expires_at > now())
          FROM unnest(p_references) AS asked;
END
$$;

-- The same as in 0028_on_hand.sql, with the low watermark of this shop. The functions of earlier servers, which serve the
-- schema `public` only, stay as they are.
CREATE OR REPLACE FUNCTION stock_units_after(p_after bigint, p_cached bigint[], p_others bigint[], p_changes_max bigint)
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
        v_position := ledger_low_watermark(v_last);
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

CREATE OR REPLACE FUNCTION warehouses_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(shop_channel('stockhold'), '- 8');
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION access_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(shop_channel('stockhold_access'), '');
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION items_sku_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(shop_channel('stockhold'), '- 32');
    IF OLD.sku IS NOT NULL THEN
        DELETE FROM item_skus WHERE folded = fold_key(OLD.sku) AND item_id = OLD.id;
        PERFORM key_version_increment();
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.sku IS NOT NULL THEN
        INSERT INTO item_skus (item_id, folded) VALUES (NEW.id, fold_key(NEW.sku));
    END IF;
    RETURN NULL;
END
$$;
