-- Indexes of the list of orders.

-- Orders by item, newest first. This index replaces the one on the item alone.
CREATE INDEX order_items_product_order_idx ON order_items (product_id, order_id);
DROP INDEX order_items_product_id_idx;
-- Orders by creation time.
CREATE INDEX orders_created_at_idx ON orders (created_at, id);

-- The queue of waiting orders: higher priorities first, then longer waits. Orders without missing units and cancelled orders
-- are not in it. The index has the negative priority: all its columns ascend, so a comparison of rows continues a scan.
ALTER TABLE orders
    ADD COLUMN priority integer NOT NULL DEFAULT 0,
    ADD COLUMN waiting_since timestamptz,
    ADD CONSTRAINT orders_priority_in_range CHECK (priority BETWEEN -1000000 AND 1000000),
    ADD CONSTRAINT orders_waiting_since_in_range
        CHECK (waiting_since >= '0001-01-01 00:00:00+00' AND waiting_since < '10000-01-01 00:00:00+00');
CREATE INDEX orders_queue_idx ON orders ((-priority), waiting_since, id)
    WHERE waiting_since IS NOT NULL AND status IN ('pending', 'partial');
