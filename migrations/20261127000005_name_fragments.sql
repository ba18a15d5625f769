-- A part of a name without three letters in a row is not found by trigrams. Where few names have it, all were looked
-- at. So of each name its rare fragments are kept: runs of one to three characters (domain, `fragments.rs`) that few
-- names have. The server tells them apart a little after the name was written; names for which it has not yet are
-- looked at one by one.

-- Names that are not taken apart yet: a row for what a statement wrote, at most 1,000 items.
CREATE TABLE item_names_new (
    id       bigint GENERATED ALWAYS AS IDENTITY,
    item_ids bigint[] NOT NULL,
    CONSTRAINT item_names_new_pkey PRIMARY KEY (id)
);

-- How many names were found to have a fragment. What is beyond the bound (store, `name_fragments.rs`) is not counted on.
CREATE TABLE name_fragments (
    fragment text COLLATE "C" NOT NULL,
    items    integer NOT NULL,
    CONSTRAINT name_fragments_pkey PRIMARY KEY (fragment)
);

-- An item's fragments that were rare when its name was taken apart. It may have been renamed since.
CREATE TABLE item_name_fragments (
    item_id   bigint NOT NULL,
    fragments text[] COLLATE "C" NOT NULL,
    CONSTRAINT item_name_fragments_pkey PRIMARY KEY (item_id)
);

CREATE INDEX item_name_fragments_idx ON item_name_fragments USING gin (fragments);

CREATE OR REPLACE FUNCTION items_names_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO item_names (item_id, name) SELECT id, name FROM new_items;
    INSERT INTO item_names_new (item_ids) SELECT array_agg(id) FROM new_items GROUP BY id / 1000;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION items_names_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE item_names SET item_id = NEW.id, name = NEW.name WHERE item_id = OLD.id;
        INSERT INTO item_names_new (item_ids) VALUES (ARRAY[NEW.id]);
    ELSE
        DELETE FROM item_names WHERE item_id = OLD.id;
        DELETE FROM item_name_fragments WHERE item_id = OLD.id;
    END IF;
    RETURN NULL;
END
$$;

INSERT INTO item_names_new (item_ids) SELECT array_agg(item_id) FROM item_names GROUP BY item_id / 1000;
