-- allocate_inventory(p_order_id, p_warehouse_id): takes all lines of an order out of one warehouse's stock, or nothing.
--
-- This file stands alone. It needs only inventory(product_id, warehouse_id, stock_quantity), with an index on
-- (product_id, warehouse_id) such as its primary key, and order_items(order_id, product_id, quantity). It can be loaded
-- into any database that has them.
--
-- Returns TRUE if the order has no lines, or if every product had enough units and they were taken. Returns FALSE, and
-- changes nothing, if a product has no row in that warehouse or too few units. Lines of the same product are added up.
-- For READ COMMITTED. Rows are locked in product order, so two calls cannot deadlock.
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

    -- With one line there is nothing to roll back.
    IF v_lines = 1 THEN
        UPDATE inventory
           SET stock_quantity = stock_quantity - v_units
         WHERE product_id = v_product AND warehouse_id = p_warehouse_id AND stock_quantity >= v_units;
        RETURN FOUND;
    END IF;
    RETURN allocate_inventory_products(p_order_id, p_warehouse_id);
END
$$;

-- Allocates an order of several lines. One UPDATE locks, checks and changes all rows; a separate statement for the locks
-- would look each row up and write it twice. A row that the statement waited for is checked again. If a product has too
-- few units, the exception handler rolls back all changes, including those of triggers.
--
-- Rows must be locked in product order. The key is therefore compared as a whole: no other index can serve this
-- condition, and neither can a hash join or a merge join. Without sequential scans, the only plan left is a nested loop that looks up
-- one product after the other. Setting plan_cache_mode saves planning in each call.
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
