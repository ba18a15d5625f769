-- What the console reads beside the shop.

-- The items of a warehouse. Changing a stock level does not touch it.
CREATE INDEX inventory_warehouse_id_idx ON inventory (warehouse_id, product_id);
