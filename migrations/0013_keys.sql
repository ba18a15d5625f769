-- Keys of the shop: SKUs and barcodes of items.

-- Folds a key for a comparison without regard to case and white space: trims it, makes each run of white space one space,
-- and converts it to lower case. `domain::fold_key` returns the same text. The lower case is that of ICU, so it does not
-- depend on the locale of the database. ICU writes a final sigma by its position; both functions write σ everywhere.
CREATE FUNCTION fold_key(p_key text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(
        lower(btrim(regexp_replace(p_key,
            '[\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+', ' ', 'g'), ' ')
              COLLATE "und-x-icu"),
        'ς', 'σ')
$$;

ALTER TABLE items
    ADD COLUMN sku varchar(64),
    -- NULL for an item without barcodes, so that it takes no space.
    ADD COLUMN barcodes varchar(64)[],
    ADD CONSTRAINT items_sku_not_empty CHECK (sku <> '');

-- Directories of the keys. Triggers maintain them. Their checks are not on `items`, where each change of a quantity would
-- evaluate them. An index on `items` would get a new entry with each change of an item's
-- quantity, and a unique index on a table that is distributed by item would have to contain the item's id.

CREATE TABLE item_skus (
    item_id bigint NOT NULL,
    folded  text COLLATE "C" NOT NULL,
    CONSTRAINT item_skus_pkey PRIMARY KEY (folded),
    CONSTRAINT item_skus_folded_not_empty CHECK (folded <> '')
);

CREATE TABLE item_barcodes (
    item_id bigint NOT NULL,
    barcode varchar(64) COLLATE "C" NOT NULL,
    CONSTRAINT item_barcodes_pkey PRIMARY KEY (barcode),
    CONSTRAINT item_barcodes_barcode_not_empty CHECK (barcode <> '')
);

-- Servers cache the items of SKUs and the warehouses of codes. This version changes in each transaction that changes or
-- removes such a key; a new key is in no cache. A write for which a key was resolved compares the version.
CREATE TABLE key_version (
    version  bigint NOT NULL DEFAULT 1,
    only_row boolean NOT NULL DEFAULT true,
    CONSTRAINT key_version_pkey PRIMARY KEY (only_row),
    CONSTRAINT key_version_only_row CHECK (only_row)
);

INSERT INTO key_version DEFAULT VALUES;

-- The setting records that this transaction has incremented the version. A rollback to a savepoint undoes both. The value
-- is the transaction's id, so that a value that a session sets by hand has no effect.
CREATE FUNCTION key_version_increment() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('stockhold.key_version_incremented', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        UPDATE key_version SET version = version + 1;
        PERFORM set_config('stockhold.key_version_incremented', pg_current_xact_id()::text, true);
    END IF;
END
$$;

-- A loop over parts of at most 1,000 items keeps the arrays small when a statement inserts millions of items.
CREATE FUNCTION items_keys_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_ids      bigint[];
    v_keys     text[];
BEGIN
    FOR v_ids, v_keys IN SELECT array_agg(id), array_agg(sku) FROM new_items WHERE sku IS NOT NULL GROUP BY id / 1000 LOOP
        INSERT INTO item_skus (item_id, folded)
        SELECT id, fold_key(sku) FROM unnest(v_ids, v_keys) AS added (id, sku);
    END LOOP;
    FOR v_ids, v_keys IN
        SELECT array_agg(id), array_agg(barcode) FROM new_items CROSS JOIN unnest(barcodes) AS barcode GROUP BY id / 1000 LOOP
        INSERT INTO item_barcodes (item_id, barcode) SELECT * FROM unnest(v_ids, v_keys);
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_keys_inserted AFTER INSERT ON items
    REFERENCING NEW TABLE AS new_items FOR EACH STATEMENT
    EXECUTE FUNCTION items_keys_insert();

CREATE FUNCTION items_sku_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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

CREATE TRIGGER items_sku_updated AFTER UPDATE OF id, sku ON items FOR EACH ROW
    WHEN (NEW.id <> OLD.id OR NEW.sku IS DISTINCT FROM OLD.sku) EXECUTE FUNCTION items_sku_update();
CREATE TRIGGER items_sku_deleted AFTER DELETE ON items FOR EACH ROW
    WHEN (OLD.sku IS NOT NULL) EXECUTE FUNCTION items_sku_update();

CREATE FUNCTION items_barcodes_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM item_barcodes WHERE barcode = ANY (OLD.barcodes) AND item_id = OLD.id;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO item_barcodes (item_id, barcode) SELECT NEW.id, barcode FROM unnest(NEW.barcodes) AS barcode;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_barcodes_updated AFTER UPDATE OF id, barcodes ON items FOR EACH ROW
    WHEN (NEW.id <> OLD.id OR NEW.barcodes IS DISTINCT FROM OLD.barcodes) EXECUTE FUNCTION items_barcodes_update();
CREATE TRIGGER items_barcodes_deleted AFTER DELETE ON items FOR EACH ROW
    WHEN (OLD.barcodes IS NOT NULL) EXECUTE FUNCTION items_barcodes_update();

CREATE FUNCTION warehouses_code_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM key_version_increment();
    RETURN NULL;
END
$$;

CREATE TRIGGER warehouses_code_updated AFTER UPDATE OF id, code ON warehouses FOR EACH ROW
    WHEN (NEW.id <> OLD.id OR NEW.code <> OLD.code) EXECUTE FUNCTION warehouses_code_update();
CREATE TRIGGER warehouses_code_deleted AFTER DELETE ON warehouses FOR EACH ROW
    EXECUTE FUNCTION warehouses_code_update();

-- The triggers of 0002, with the two new columns.
DROP TRIGGER items_low_watermark ON items;
DROP TRIGGER items_change_updated ON items;
CREATE TRIGGER items_low_watermark
    BEFORE INSERT OR UPDATE OF id, name, description, price, category, created_at, sku, barcodes OR DELETE ON items
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_hold_low_watermark();
CREATE TRIGGER items_change_updated
    AFTER UPDATE OF id, name, description, price, category, created_at, sku, barcodes ON items FOR EACH ROW
    WHEN ((OLD.id, OLD.name, OLD.description, OLD.price, OLD.category, OLD.created_at, OLD.sku, OLD.barcodes)
          IS DISTINCT FROM
          (NEW.id, NEW.name, NEW.description, NEW.price, NEW.category, NEW.created_at, NEW.sku, NEW.barcodes))
    EXECUTE FUNCTION items_record_change();

CREATE TRIGGER item_skus_not_truncated BEFORE TRUNCATE ON item_skus FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('item_skus_not_truncated', 'item_skus can''t be truncated: it follows items by triggers');
CREATE TRIGGER item_barcodes_not_truncated BEFORE TRUNCATE ON item_barcodes FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('item_barcodes_not_truncated',
        'item_barcodes can''t be truncated: it follows items by triggers');
CREATE TRIGGER key_version_not_truncated BEFORE TRUNCATE ON key_version FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('key_version_not_truncated', 'key_version can''t be truncated: it has one row');
