-- The warehouses whose stock a person or a client may change. NULL allows all, including later ones.
--
-- The ids have no foreign key, because an array can't have one. The id of a deleted warehouse is never used again.

ALTER TABLE clients
    ADD COLUMN warehouse_ids bigint[],
    ADD CONSTRAINT clients_warehouse_ids_valid CHECK (warehouse_ids IS NULL
        OR (cardinality(warehouse_ids) BETWEEN 1 AND 100 AND array_position(warehouse_ids, NULL) IS NULL)),
    ADD CONSTRAINT clients_administrator_unlimited CHECK (warehouse_ids IS NULL OR NOT scopes @> ARRAY ['admin']);

ALTER TABLE people
    ADD COLUMN warehouse_ids bigint[],
    ADD CONSTRAINT people_warehouse_ids_valid CHECK (warehouse_ids IS NULL
        OR (cardinality(warehouse_ids) BETWEEN 1 AND 100 AND array_position(warehouse_ids, NULL) IS NULL)),
    ADD CONSTRAINT people_administrator_unlimited CHECK (warehouse_ids IS NULL OR role <> 'administrator');

-- The trigger of clients fires for every column.
DROP TRIGGER people_notified ON people;

CREATE TRIGGER people_notified
    AFTER INSERT OR UPDATE OF disabled_at, role, password_hash, warehouse_ids ON people FOR EACH STATEMENT
    EXECUTE FUNCTION access_notify();
