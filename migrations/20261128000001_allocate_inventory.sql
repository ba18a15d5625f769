-- allocate_inventory(p_order_id, p_warehouse_id): takes every line of an order out of one warehouse's stock,
-- or nothing.
--
-- This file stands alone: it needs only inventory(product_id, warehouse_id, stock_quantity) with an index on
-- (product_id, warehouse_id), as its primary key is, and order_items(order_id, product_id, quantity); it can be
-- loaded into any database that has them.
--
-- TRUE: the order has no lines, or every product had enough and was taken. FALSE: some product has no row in
-- that warehouse or too little, and nothing has changed. Lines of the same product are judged by their sum.
-- For READ COMMITTED. Rows are locked in product order, so that no two calls deadlock.
--
-- Instead of the one in 20261122000003: that read all lines of an order just to see whether there is more than one.
CREATE OR REPLACE FUNCTION allocate_inventory(p_order_id bigint, p_warehouse_id bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_lines   bigint;
    v_product bigint;
    v_units   bigint;
BEGIN
    SELECT count(*), min(product_id), min(quantity) INTO v_lines, v_product, v_units
      FROM (SELECT product_id, quantity FROM order_items WHERE order_id = p_order_id LIMIT 2) AS first_two;
    IF v_lines = 0 THEN
        RETURN TRUE;
    END IF;

    -- One line leaves nothing behind that would have to be taken back.
    IF v_lines = 1 THEN
        UPDATE inventory
           SET stock_quantity = stock_quantity - v_units
         WHERE product_id = v_product AND warehouse_id = p_warehouse_id AND stock_quantity >= v_units;
        RETURN FOUND;
    END IF;
    RETURN allocate_inventory_products(p_order_id, p_warehouse_id);
END
$$;

-- An order of several lines: one UPDATE locks, judges and takes them all, where a statement that locks first
-- would look each row up and write it twice. A row that was waited for is judged anew. Where one falls short the
-- subtransaction takes all of it back, triggers' work and locks too.
--
-- Rows must be met in product order. So the key is compared as a whole: no other index can serve that, and
-- neither can a hash or a merge join; with sequential scans off, what is left to the planner is to look up one
-- product after the other. To take that plan for granted is cheaper, too, than to plan each call.
CREATE OR REPLACE FUNCTION allocate_inventory_products(p_order_id bigint, p_warehouse_id bigint) RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
    v_products bigint[];
    v_units    bigint[];
    v_taken    bigint;
BEGIN
    SELECT array_agg(product_id), array_agg(units) INTO v_products, v_units
      FROM (SELECT product_id, sum(quantity) AS units
              FROM order_items
             WHERE order_id = p_order_id
             GROUP BY product_id
             ORDER BY product_id) AS demand;

    UPDATE inventory
       SET stock_quantity = inventory.stock_quantity - demand.units
      FROM unnest(v_products, v_units) AS demand (product_id, units)
     WHERE (inventory.product_id, inventory.warehouse_id) >= (demand.product_id, p_warehouse_id)
       AND (inventory.product_id, inventory.warehouse_id) <= (demand.product_id, p_warehouse_id)
       AND inventory.stock_quantity >= demand.units;
    GET DIAGNOSTICS v_taken = ROW_COUNT;
    IF v_taken < cardinality(v_products) THEN
        RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'the order is short';
    END IF;
    RETURN TRUE;
EXCEPTION WHEN SQLSTATE 'SH001' THEN
    RETURN FALSE;
END
$$;
