-- Servers cache the ids of the warehouses and which one is the default. A warehouse that somebody changed or deleted in
-- SQL stayed in that cache until the restart.
--
-- Every change is now announced on the servers' channel: '-' names no server, and 8 is the bit of the kind
-- "warehouses" (engine, `events.rs`).
CREATE FUNCTION warehouses_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('stockhold', '- 8');
    RETURN NULL;
END
$$;

CREATE TRIGGER warehouses_announced AFTER INSERT OR UPDATE OR DELETE ON warehouses FOR EACH STATEMENT
    EXECUTE FUNCTION warehouses_announce();

-- The message of a missing item or warehouse names its id, as the message of a foreign key does: the server answers it
-- as 404. Nothing else changes.
CREATE OR REPLACE FUNCTION inventory_check_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_items      bigint[];
    v_warehouses bigint[];
    v_found      bigint[];
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        v_items := ARRAY [NEW.product_id];
        v_warehouses := ARRAY [NEW.warehouse_id];
    ELSE
        SELECT array_agg(DISTINCT product_id), array_agg(DISTINCT warehouse_id)
          INTO v_items, v_warehouses FROM new_levels;
        IF v_items IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    SELECT array_agg(id) INTO v_found
      FROM (SELECT id FROM items WHERE id = ANY (v_items) ORDER BY id FOR KEY SHARE) AS found;
    IF cardinality(v_items) <> coalesce(cardinality(v_found), 0) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'inventory_product_id_fkey', TABLE = 'inventory',
            MESSAGE = 'a stock level is of an item that is in items',
            DETAIL = format('Key (product_id)=(%s) is not present in table "items".',
                            (SELECT min(id) FROM unnest(v_items) AS id WHERE id <> ALL (coalesce(v_found, '{}'))));
    END IF;
    SELECT array_agg(id) INTO v_found
      FROM (SELECT id FROM warehouses WHERE id = ANY (v_warehouses) ORDER BY id FOR KEY SHARE) AS found;
    IF cardinality(v_warehouses) <> coalesce(cardinality(v_found), 0) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'inventory_warehouse_id_fkey', TABLE = 'inventory',
            MESSAGE = 'a stock level is in a warehouse that is in warehouses',
            DETAIL = format('Key (warehouse_id)=(%s) is not present in table "warehouses".',
                            (SELECT min(id) FROM unnest(v_warehouses) AS id WHERE id <> ALL (coalesce(v_found, '{}'))));
    END IF;
    RETURN NULL;
END
$$;
