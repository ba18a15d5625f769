-- Names of categories that differ only in case or white space are the same, and items have a threshold of low stock.

-- The spelling of each category. Triggers on `items` give every item this spelling. A row stays after its last item left;
-- the next item with that name gives it a new spelling.
--
-- Items from before this migration keep their spelling until their category changes.
CREATE TABLE category_names (
    folded text COLLATE "C" NOT NULL,
    name   varchar(100) NOT NULL,
    CONSTRAINT category_names_pkey PRIMARY KEY (folded),
    CONSTRAINT category_names_folded_valid CHECK (folded = fold_key(name))
);

-- Usually a name is in its present spelling, and is found without folding it.
CREATE INDEX category_names_name_idx ON category_names (name);

-- Returns the spelling of each of these names, and adds those that have none. NULL stays NULL. Locks the rows until the end
-- of the transaction, so that no other transaction changes a spelling before the items are committed. Rows are locked in
-- ascending order.
--
-- The function is VOLATILE, so each of its statements has its own snapshot: the search for items follows the lock.
CREATE FUNCTION category_names_resolve(p_names text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    v_names     text[];
    v_folded    text[];
    v_unused    text[];
    v_spellings text[];
    v_found     bigint;
BEGIN
    SELECT count(*) INTO v_found
      FROM (SELECT FROM category_names WHERE name = ANY (p_names) ORDER BY folded FOR KEY SHARE) AS found;
    IF v_found = (SELECT count(DISTINCT name) FROM unnest(p_names) AS name) THEN
        RETURN p_names;
    END IF;

    SELECT array_agg(name ORDER BY name), array_agg(fold_key(name) ORDER BY name) INTO v_names, v_folded
      FROM (SELECT DISTINCT name FROM unnest(p_names) AS name WHERE name IS NOT NULL) AS given;
    INSERT INTO category_names (folded, name)
    SELECT DISTINCT ON (folded) folded, name FROM unnest(v_names, v_folded) AS given (name, folded) ORDER BY folded, name
        ON CONFLICT (folded) DO NOTHING;
    SELECT array_agg(folded) INTO v_unused
      FROM category_names AS known
     WHERE folded = ANY (v_folded) AND name <> ALL (v_names)
       AND NOT EXISTS (SELECT FROM items WHERE category = known.name);
    IF v_unused IS NOT NULL THEN
        PERFORM FROM category_names WHERE folded = ANY (v_unused) ORDER BY folded FOR UPDATE;
        UPDATE category_names AS known SET name = given.name
          FROM (SELECT DISTINCT ON (folded) folded, name FROM unnest(v_names, v_folded) AS given (name, folded)
                 ORDER BY folded, name) AS given
         WHERE known.folded = given.folded AND known.folded = ANY (v_unused) AND known.name <> ALL (v_names)
           AND NOT EXISTS (SELECT FROM items WHERE category = known.name);
    END IF;
    SELECT array_agg(folded), array_agg(name) INTO v_folded, v_spellings
      FROM (SELECT folded, name FROM category_names WHERE folded = ANY (v_folded) ORDER BY folded FOR KEY SHARE) AS known;
    RETURN ARRAY (SELECT known.name
                    FROM unnest(p_names) WITH ORDINALITY AS given (name, position)
                    LEFT JOIN unnest(v_folded, v_spellings) AS known (folded, name) ON known.folded = fold_key(given.name)
                   ORDER BY position);
END
$$;

-- The servers resolve names before they write items, so these triggers have nothing to change for them. They correct the
-- items of other writers.
CREATE FUNCTION items_category_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_names     text[];
    v_spellings text[];
    v_ids       bigint[];
BEGIN
    SELECT array_agg(DISTINCT category) INTO v_names FROM new_items WHERE category IS NOT NULL;
    v_spellings := category_names_resolve(v_names);
    IF v_spellings IS NOT DISTINCT FROM v_names THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(id) INTO v_ids FROM new_items
     WHERE category = ANY (ARRAY (SELECT name FROM unnest(v_names, v_spellings) AS given (name, spelling)
                                   WHERE name <> spelling));
    UPDATE items SET category = given.spelling
      FROM unnest(v_names, v_spellings) AS given (name, spelling)
     WHERE items.id = ANY (v_ids) AND items.category = given.name;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_category_inserted AFTER INSERT ON items
    REFERENCING NEW TABLE AS new_items FOR EACH STATEMENT
    EXECUTE FUNCTION items_category_insert();

CREATE FUNCTION items_category_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_spelling text := (category_names_resolve(ARRAY [NEW.category::text]))[1];
BEGIN
    IF v_spelling <> NEW.category THEN
        UPDATE items SET category = v_spelling WHERE id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_category_updated AFTER UPDATE OF category ON items FOR EACH ROW
    WHEN (NEW.category IS DISTINCT FROM OLD.category AND NEW.category IS NOT NULL)
    EXECUTE FUNCTION items_category_update();

CREATE TRIGGER category_names_not_truncated BEFORE TRUNCATE ON category_names FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('category_names_not_truncated',
        'category_names can''t be truncated: it follows items by triggers');

-- Of several spellings, the one with the most items. The triggers hold a lock on `items`, so no item is added meanwhile.
INSERT INTO category_names (folded, name)
SELECT DISTINCT ON (fold_key(category)) fold_key(category), category
  FROM (SELECT category, count(*) AS items FROM items WHERE category IS NOT NULL GROUP BY category) AS found
 ORDER BY fold_key(category), items DESC, category;

-- An item with at most this many units on hand is low. NULL is the setting of the server.
ALTER TABLE items
    ADD COLUMN low_stock integer,
    ADD CONSTRAINT items_low_stock_not_negative CHECK (low_stock >= 0);
-- `low_stock` is the threshold before the change. The threshold as of a position is that of the item's first row after the
-- position with `low_stock_changed`, otherwise that of the item.
ALTER TABLE item_changes
    ADD COLUMN low_stock integer,
    ADD COLUMN low_stock_changed boolean NOT NULL DEFAULT false;
CREATE INDEX item_changes_low_stock_idx ON item_changes (item_id, id) WHERE low_stock_changed;

-- Also records the threshold. A signal is derived with the threshold as of its movement.
CREATE OR REPLACE FUNCTION items_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO item_changes (item_id, created_at, price, category, low_stock, low_stock_changed)
        VALUES (OLD.id, OLD.created_at, CASE WHEN OLD.archived_at IS NULL THEN OLD.price END, OLD.category, OLD.low_stock,
                TG_OP = 'UPDATE' AND OLD.low_stock IS DISTINCT FROM NEW.low_stock);
    END IF;
    IF TG_OP = 'INSERT' OR NEW.id <> OLD.id THEN
        INSERT INTO item_changes (item_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END
$$;

-- The triggers of 0013, with the new column.
DROP TRIGGER items_low_watermark ON items;
DROP TRIGGER items_change_updated ON items;
CREATE TRIGGER items_low_watermark
    BEFORE INSERT OR UPDATE OF id, name, description, price, category, created_at, sku, barcodes, low_stock OR DELETE
    ON items FOR EACH STATEMENT EXECUTE FUNCTION ledger_hold_low_watermark();
CREATE TRIGGER items_change_updated
    AFTER UPDATE OF id, name, description, price, category, created_at, sku, barcodes, low_stock ON items FOR EACH ROW
    WHEN ((OLD.id, OLD.name, OLD.description, OLD.price, OLD.category, OLD.created_at, OLD.sku, OLD.barcodes, OLD.low_stock)
          IS DISTINCT FROM
          (NEW.id, NEW.name, NEW.description, NEW.price, NEW.category, NEW.created_at, NEW.sku, NEW.barcodes,
           NEW.low_stock))
    EXECUTE FUNCTION items_record_change();
