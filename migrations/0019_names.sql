-- Names of categories that differ only in case or white space are the same, and items have a threshold of low stock.

-- Makes each run of white space one space and removes it at both ends, as `domain::CategoryName` does. A name of white space
-- only is NULL. The characters are those of `fold_key`.
CREATE FUNCTION category_name_trim(p_name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT nullif(btrim(regexp_replace(p_name,
        '[\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+', ' ', 'g'), ' '), '')
$$;

-- The spelling of each category. Triggers on `items` give every item this spelling. A row stays after its last item left;
-- the next item with that name gives it a new spelling.
CREATE TABLE category_names (
    folded text COLLATE "C" NOT NULL,
    name   varchar(100) NOT NULL,
    CONSTRAINT category_names_pkey PRIMARY KEY (folded),
    CONSTRAINT category_names_folded_valid CHECK (folded = fold_key(name)),
    CONSTRAINT category_names_name_trimmed CHECK (name = category_name_trim(name))
);

-- Returns the spelling of one category, and adds `p_name` if it has none or if no item has it. Locks the row until the end of
-- the transaction, so that no other transaction changes the spelling before the items are committed.
--
-- The row gets its strongest lock at once. A stronger lock later could wait for a transaction that waits for this one.
--
-- The function is VOLATILE, so each of its statements has its own snapshot: the last search for items follows the lock.
CREATE FUNCTION category_name_resolve(p_folded text, p_name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_spelling text;
BEGIN
    SELECT name INTO v_spelling FROM category_names WHERE folded = p_folded AND name = p_name FOR KEY SHARE;
    IF FOUND THEN
        RETURN v_spelling;
    END IF;
    SELECT name INTO v_spelling FROM category_names WHERE folded = p_folded;
    IF NOT FOUND THEN
        INSERT INTO category_names (folded, name) VALUES (p_folded, p_name)
            ON CONFLICT (folded) DO NOTHING RETURNING name INTO v_spelling;
        IF FOUND THEN
            RETURN v_spelling;
        END IF;
    ELSIF NOT EXISTS (SELECT FROM items WHERE category = v_spelling) THEN
        SELECT name INTO v_spelling FROM category_names WHERE folded = p_folded FOR UPDATE;
        IF NOT EXISTS (SELECT FROM items WHERE category = v_spelling) THEN
            UPDATE category_names SET name = p_name WHERE folded = p_folded RETURNING name INTO v_spelling;
        END IF;
        RETURN v_spelling;
    END IF;
    SELECT name INTO v_spelling FROM category_names WHERE folded = p_folded FOR KEY SHARE;
    RETURN v_spelling;
END
$$;

-- Returns the spelling of each of these names, and adds those that have none. NULL stays NULL. The rows are locked in
-- ascending order, each by `category_name_resolve`.
CREATE FUNCTION category_names_resolve(p_names text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    v_names     text[];
    v_folded    text[];
    v_present   text[];
    v_spellings text[];
    v_name      text;
    v_key       text;
BEGIN
    SELECT array_agg(name), array_agg(fold_key(name)) INTO v_names, v_folded
      FROM (SELECT DISTINCT name FROM unnest(p_names) AS name WHERE name IS NOT NULL) AS given;
    FOR v_key, v_name IN
        SELECT DISTINCT ON (folded COLLATE "C") folded, name FROM unnest(v_folded, v_names) AS given (folded, name)
         WHERE folded <> '' ORDER BY folded COLLATE "C", name LOOP
        v_present := v_present || v_key;
        v_spellings := v_spellings || category_name_resolve(v_key, category_name_trim(v_name));
    END LOOP;
    IF v_spellings = p_names THEN
        RETURN p_names;
    END IF;
    RETURN ARRAY (SELECT spelled.name
                    FROM unnest(p_names) WITH ORDINALITY AS given (name, position)
                    LEFT JOIN unnest(v_names, v_folded) AS asked (name, folded) ON asked.name = given.name
                    LEFT JOIN unnest(v_present, v_spellings) AS spelled (folded, name) ON spelled.folded = asked.folded
                   ORDER BY position);
END
$$;

-- Locks the two categories of a rename in ascending order, and returns the spelling of `p_to`. Adds it if it has none. Two
-- renames that have a category in common run one after the other. Items are created and changed meanwhile, unless the
-- rename changes the spelling of one category.
CREATE FUNCTION category_rename_lock(p_from text, p_to text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_from     text := fold_key(p_from);
    v_to       text := fold_key(p_to);
    v_spelling text;
BEGIN
    IF v_from = v_to THEN
        SELECT name INTO v_spelling FROM category_names WHERE folded = v_to FOR UPDATE;
        RETURN v_spelling;
    END IF;
    IF v_from < v_to COLLATE "C" THEN
        PERFORM FROM category_names WHERE folded = v_from FOR NO KEY UPDATE;
    END IF;
    v_spelling := category_name_resolve(v_to, category_name_trim(p_to));
    PERFORM FROM category_names WHERE folded = v_to FOR NO KEY UPDATE;
    IF v_from > v_to COLLATE "C" THEN
        PERFORM FROM category_names WHERE folded = v_from FOR NO KEY UPDATE;
    END IF;
    RETURN v_spelling;
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
    IF v_names IS NULL THEN
        RETURN NULL;
    END IF;
    v_spellings := category_names_resolve(v_names);
    IF v_spellings = v_names THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(id) INTO v_ids FROM new_items
     WHERE category = ANY (ARRAY (SELECT name FROM unnest(v_names, v_spellings) AS given (name, spelling)
                                   WHERE name IS DISTINCT FROM spelling));
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
    IF v_spelling IS DISTINCT FROM NEW.category THEN
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
SELECT DISTINCT ON (fold_key(category)) fold_key(category), category_name_trim(category)
  FROM (SELECT category, count(*) AS items FROM items WHERE category IS NOT NULL GROUP BY category) AS found
 WHERE fold_key(category) <> ''
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

-- The corrections of an item by one transaction, which have its time. A signal is derived from their sum. The movements of
-- servers do not update this index.
CREATE INDEX stock_movements_corrected_idx ON stock_movements (item_id, created_at) WHERE reason = 'corrected';

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

-- Items with another spelling get the present one. The statement follows the triggers, so that servers of the previous version
-- receive the changes.
UPDATE items SET category = known.name
  FROM (SELECT category AS former, fold_key(category) AS folded
          FROM (SELECT DISTINCT category FROM items WHERE category IS NOT NULL) AS found) AS former
  LEFT JOIN category_names AS known USING (folded)
 WHERE items.category = former.former AND former.former IS DISTINCT FROM known.name;
