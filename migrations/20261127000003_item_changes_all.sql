-- Whoever remembers items learns of all that changes about them from the lines behind a place: of stock from the
-- ledger, as before, and of everything else from `item_changes`, which until now told of categories and prices only.
--
-- The sums over items go by the first line of an item, whose category and price are what they were before; a line for
-- another change says so too.
DROP TRIGGER items_changes_marked ON items;
DROP TRIGGER items_change_updated ON items;

CREATE OR REPLACE FUNCTION items_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO item_changes (item_id, created_at, price, category)
        VALUES (OLD.id, OLD.created_at, OLD.price, OLD.category);
    END IF;
    IF TG_OP = 'INSERT' OR NEW.id <> OLD.id THEN
        INSERT INTO item_changes (item_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END
$$;

-- Neither `quantity` nor `updated_at`: these change with the stock, for which the ledger has its lines.
CREATE TRIGGER items_changes_marked
    BEFORE INSERT OR UPDATE OF id, name, description, price, category, created_at OR DELETE ON items
    FOR EACH STATEMENT EXECUTE FUNCTION stock_movements_mark();
CREATE TRIGGER items_change_updated
    AFTER UPDATE OF id, name, description, price, category, created_at ON items FOR EACH ROW
    WHEN ((OLD.id, OLD.name, OLD.description, OLD.price, OLD.category, OLD.created_at)
          IS DISTINCT FROM (NEW.id, NEW.name, NEW.description, NEW.price, NEW.category, NEW.created_at))
    EXECUTE FUNCTION items_note_change();
