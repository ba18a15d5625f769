-- What an item was before something other than its stock changed, for whoever follows sums over items: a line for
-- each change of a category or a price, and for each item that came or went. The ids are the ledger's, so that one
-- place in it is a place in both; the marks that readers of the ledger go by are set here too.
--
-- An item that is created with units has no line here: its first one in the ledger bears its `created_at`.
CREATE TABLE item_changes (
    id         bigint NOT NULL DEFAULT nextval('stock_movements_id_seq'),
    item_id    bigint NOT NULL,
    -- These are NULL where the item did not exist before.
    created_at timestamptz,
    price      numeric(10, 2),
    category   varchar(100),
    CONSTRAINT item_changes_pkey PRIMARY KEY (id, item_id)
);

CREATE FUNCTION items_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO item_changes (item_id) VALUES (NEW.id);
    ELSE
        INSERT INTO item_changes (item_id, created_at, price, category)
        VALUES (OLD.id, OLD.created_at, OLD.price, OLD.category);
    END IF;
    RETURN NULL;
END
$$;

-- One mark for a statement, however many items it changes.
CREATE TRIGGER items_changes_marked BEFORE INSERT OR UPDATE OF price, category OR DELETE ON items
    FOR EACH STATEMENT EXECUTE FUNCTION stock_movements_mark();
CREATE TRIGGER items_change_inserted AFTER INSERT ON items FOR EACH ROW
    WHEN (NEW.quantity = 0) EXECUTE FUNCTION items_note_change();
CREATE TRIGGER items_change_updated AFTER UPDATE OF price, category ON items FOR EACH ROW
    WHEN (NEW.price <> OLD.price OR NEW.category IS DISTINCT FROM OLD.category)
    EXECUTE FUNCTION items_note_change();
CREATE TRIGGER items_change_deleted AFTER DELETE ON items FOR EACH ROW EXECUTE FUNCTION items_note_change();
