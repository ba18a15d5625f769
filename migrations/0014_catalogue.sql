-- Archived items and warehouses.
--
-- An archived item can't be sold: blocks and allocations of it are rejected. Its units stay recorded. An archived
-- warehouse receives no units.

ALTER TABLE items ADD COLUMN archived_at timestamptz;
ALTER TABLE items ADD CONSTRAINT items_archived_at_in_range
    CHECK (archived_at >= '0001-01-01 00:00:00+00' AND archived_at < '10000-01-01 00:00:00+00');
ALTER TABLE warehouses ADD COLUMN archived_at timestamptz;
ALTER TABLE warehouses ADD CONSTRAINT warehouses_archived_at_in_range
    CHECK (archived_at >= '0001-01-01 00:00:00+00' AND archived_at < '10000-01-01 00:00:00+00');
ALTER TABLE warehouses ADD CONSTRAINT warehouses_default_not_archived CHECK (NOT is_default OR archived_at IS NULL);

-- Codes that differ only in case or white space are the same.
CREATE UNIQUE INDEX warehouses_code_folded_key ON warehouses (fold_key(code));

-- Whether the item of the stock level is archived. It equals `items.archived_at IS NOT NULL`. A server that has cached
-- the level from before compares it in the row that it locks anyway.
ALTER TABLE inventory ADD COLUMN archived boolean NOT NULL DEFAULT false;

-- The archived items of a category. Lists and counts leave them out.
CREATE INDEX items_archived_idx ON items (category, id) WHERE archived_at IS NOT NULL;

-- An archived item counts in no sum over a category. For these sums it is an item that does not exist: its price is
-- NULL.
CREATE OR REPLACE FUNCTION items_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO item_changes (item_id, created_at, price, category)
        VALUES (OLD.id, OLD.created_at, CASE WHEN OLD.archived_at IS NULL THEN OLD.price END, OLD.category);
    END IF;
    IF TG_OP = 'INSERT' OR NEW.id <> OLD.id THEN
        INSERT INTO item_changes (item_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_archived_low_watermark BEFORE UPDATE OF archived_at ON items
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_hold_low_watermark();
CREATE TRIGGER items_change_archived AFTER UPDATE OF archived_at ON items FOR EACH ROW
    WHEN (OLD.archived_at IS DISTINCT FROM NEW.archived_at) EXECUTE FUNCTION items_record_change();

-- Also returns whether the item of each level is archived.
DROP FUNCTION stock_levels_lock(bigint[], bigint[]);
CREATE FUNCTION stock_levels_lock(p_items bigint[], p_warehouses bigint[])
RETURNS TABLE (item_id bigint, warehouse_id bigint, units integer, locked_at timestamptz, archived boolean)
LANGUAGE plpgsql AS $$
DECLARE
    v_locked  bigint;
    v_present bigint;
BEGIN
    RETURN QUERY
        SELECT inventory.product_id, inventory.warehouse_id, inventory.stock_quantity, clock_timestamp(),
               inventory.archived
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

-- The level of an archived item never equals the expected one, so the batch is decided on locked rows.
CREATE OR REPLACE FUNCTION stock_levels_compare_and_add(p_items bigint[], p_warehouses bigint[], p_expected integer[],
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
       AND inventory.stock_quantity = wanted.expected AND inventory.archived IS FALSE;
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

-- Also rejects a new level in an archived warehouse, and marks the new levels of archived items. The rows of `items` and
-- `warehouses` are locked, so they are archived before or after the statement, not during it.
CREATE OR REPLACE FUNCTION inventory_check_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_items      bigint[];
    v_warehouses bigint[];
    v_found      bigint[];
    v_archived   bigint[];
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
    SELECT array_agg(id), array_agg(id) FILTER (WHERE archived_at IS NOT NULL) INTO v_found, v_archived
      FROM (SELECT id, archived_at FROM items WHERE id = ANY (v_items) ORDER BY id FOR KEY SHARE) AS found;
    IF cardinality(v_items) <> coalesce(cardinality(v_found), 0) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'inventory_product_id_fkey', TABLE = 'inventory',
            MESSAGE = 'a stock level is of an item that is in items',
            DETAIL = format('Key (product_id)=(%s) is not present in table "items".',
                            (SELECT min(id) FROM unnest(v_items) AS id WHERE id <> ALL (coalesce(v_found, '{}'))));
    END IF;
    IF v_archived IS NOT NULL THEN
        UPDATE inventory SET archived = true WHERE product_id = ANY (v_archived) AND archived IS FALSE;
    END IF;
    SELECT array_agg(id), array_agg(id) FILTER (WHERE archived_at IS NOT NULL) INTO v_found, v_archived
      FROM (SELECT id, archived_at FROM warehouses WHERE id = ANY (v_warehouses) ORDER BY id FOR KEY SHARE) AS found;
    IF cardinality(v_warehouses) <> coalesce(cardinality(v_found), 0) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'inventory_warehouse_id_fkey', TABLE = 'inventory',
            MESSAGE = 'a stock level is in a warehouse that is in warehouses',
            DETAIL = format('Key (warehouse_id)=(%s) is not present in table "warehouses".',
                            (SELECT min(id) FROM unnest(v_warehouses) AS id WHERE id <> ALL (coalesce(v_found, '{}'))));
    END IF;
    IF v_archived IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'inventory_warehouse_archived', TABLE = 'inventory',
            MESSAGE = 'an archived warehouse gets no stock level',
            DETAIL = format('Key (warehouse_id)=(%s) is archived.', (SELECT min(id) FROM unnest(v_archived) AS id));
    END IF;
    RETURN NULL;
END
$$;
