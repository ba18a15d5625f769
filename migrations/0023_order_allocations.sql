-- Allocations of orders: the units that an order has from each stock level. An order may have units from several warehouses,
-- and they leave the shelf when they are shipped.

CREATE TABLE order_allocations (
    order_id     bigint NOT NULL,
    item_id      bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    -- Units that were taken from the stock level and are on the shelf.
    allocated    integer NOT NULL,
    -- Units that have left the shelf.
    shipped      integer NOT NULL DEFAULT 0,
    -- The part of the shipped units that came back.
    returned     integer NOT NULL DEFAULT 0,
    CONSTRAINT order_allocations_pkey PRIMARY KEY (order_id, item_id, warehouse_id),
    CONSTRAINT order_allocations_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_allocations_not_empty CHECK (allocated > 0 OR shipped > 0),
    CONSTRAINT order_allocations_allocated_not_negative CHECK (allocated >= 0),
    CONSTRAINT order_allocations_shipped_not_negative CHECK (shipped >= 0),
    CONSTRAINT order_allocations_returned_in_range CHECK (returned >= 0 AND returned <= shipped)
);

-- The orders that have units of a stock level.
CREATE INDEX order_allocations_item_id_idx ON order_allocations (item_id, warehouse_id);
-- The orders that have units of a warehouse, newest first.
CREATE INDEX order_allocations_warehouse_id_idx ON order_allocations (warehouse_id, order_id);

CREATE TRIGGER order_allocations_not_truncated BEFORE TRUNCATE ON order_allocations FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('order_allocations_not_truncated',
        'order_allocations can''t be truncated: cancel the orders, or delete their rows');

-- `partial`: some units are allocated, some are missing. `shipped`: no units are missing, and all have left the shelf.
-- Earlier rows satisfy the earlier constraint, so the new ones are NOT VALID: the table is not read.
ALTER TABLE orders
    DROP CONSTRAINT orders_status_valid,
    -- An order with units from several warehouses has no warehouse of its own.
    DROP CONSTRAINT orders_allocated_from_warehouse,
    ADD CONSTRAINT orders_status_valid
        CHECK (status IN ('pending', 'partial', 'allocated', 'shipped', 'cancelled')) NOT VALID;

ALTER TABLE stock_movements
    -- The units that the movement concerns, if they are not those of `change`; NULL otherwise.
    ADD COLUMN units integer,
    ADD CONSTRAINT stock_movements_units_positive CHECK (units > 0) NOT VALID,
    DROP CONSTRAINT stock_movements_reason_valid,
    ADD CONSTRAINT stock_movements_reason_valid CHECK (reason IN ('received', 'written_off', 'moved', 'blocked',
        'released', 'expired', 'confirmed', 'allocated', 'cancelled', 'corrected',
        -- The units of a temporary or of a permanent block became an order's. `change` is 0.
        'hold_converted', 'sale_converted',
        -- Units of an order or of a permanent block left the shelf, `change` is 0; units of an order came back.
        'shipped', 'returned',
        -- Units became unsellable, became available again, or were thrown away. The last has `change` 0.
        'set_aside', 'restored', 'disposed')) NOT VALID;

-- Whether the units of a permanent block have left the shelf. Units that were sold before this migration count as shipped,
-- unless the setting `stockhold.earlier_sales_on_hand` is on. The default of the first statement fills earlier rows without
-- a write; temporary blocks are few.
ALTER TABLE block_inventory ADD COLUMN is_shipped boolean NOT NULL DEFAULT true;
ALTER TABLE block_inventory ALTER COLUMN is_shipped SET DEFAULT false;

DO $$
DECLARE
    v_on_hand boolean := coalesce(current_setting('stockhold.earlier_sales_on_hand', true), '') = 'on';
BEGIN
    PERFORM set_config('stockhold.maintains_totals', 'on', true);
    UPDATE block_inventory SET is_shipped = false WHERE NOT is_permanent OR v_on_hand;
    INSERT INTO order_allocations (order_id, item_id, warehouse_id, allocated, shipped)
    SELECT orders.id, order_items.product_id, orders.warehouse_id,
           CASE WHEN v_on_hand THEN order_items.quantity ELSE 0 END,
           CASE WHEN v_on_hand THEN 0 ELSE order_items.quantity END
      FROM orders JOIN order_items ON order_items.order_id = orders.id
     WHERE orders.status = 'allocated' AND orders.warehouse_id IS NOT NULL;
    IF NOT v_on_hand THEN
        UPDATE orders SET status = 'shipped' WHERE status = 'allocated';
    END IF;
    PERFORM set_config('stockhold.maintains_totals', '', true);
END
$$;

ALTER TABLE block_inventory
    ADD CONSTRAINT block_inventory_shipped_is_permanent CHECK (is_permanent OR NOT is_shipped) NOT VALID;

-- An order that other systems allocate gets its allocations. Servers write them by themselves.
CREATE FUNCTION orders_add_allocations() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO order_allocations (order_id, item_id, warehouse_id, allocated)
    SELECT order_id, product_id, NEW.warehouse_id, quantity FROM order_items WHERE order_id = NEW.id
        ON CONFLICT (order_id, item_id, warehouse_id) DO NOTHING;
    RETURN NULL;
END
$$;

-- Other systems can cancel an order, or set it back to pending. The trigger then removes its allocated units.
CREATE FUNCTION orders_remove_allocations() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM order_allocations WHERE order_id = NEW.id AND shipped = 0;
    UPDATE order_allocations SET allocated = 0 WHERE order_id = NEW.id AND allocated > 0;
    RETURN NULL;
END
$$;

CREATE TRIGGER orders_deallocated AFTER UPDATE OF status ON orders FOR EACH ROW
    WHEN (NEW.status IN ('pending', 'cancelled') AND OLD.status IN ('partial', 'allocated')
          AND current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION orders_remove_allocations();

CREATE TRIGGER orders_allocated AFTER UPDATE OF status ON orders FOR EACH ROW
    WHEN (NEW.status = 'allocated' AND OLD.status <> 'allocated' AND NEW.warehouse_id IS NOT NULL
          AND current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION orders_add_allocations();
