-- Servers cache the SKUs of items for their answers. Every change of an item's SKU is announced on the servers' channel, so
-- that a change by another server or in SQL reaches them. In the payload, '-' stands for the name of a server, and 32 is the
-- bit of "SKUs". PostgreSQL sends equal notifications of one transaction once.

CREATE OR REPLACE FUNCTION items_sku_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('stockhold', '- 32');
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
