-- allocate_inventory(p_order_id, p_warehouse_id): takes every line of an order out of one warehouse's stock,
-- or nothing.
--
-- This file stands alone: it needs only inventory(product_id, warehouse_id, stock_quantity) and
-- order_items(order_id, product_id, quantity), and can be loaded into any database that has them.
--
-- TRUE: the order has no lines, or every product had enough and was taken. FALSE: some product has no row in
-- that warehouse or too little, and nothing has changed. Lines of the same product are judged by their sum.
-- For READ COMMITTED, and with an index on inventory that has product_id and warehouse_id.
--
-- One UPDATE locks, judges and takes all products: a row that was waited for is judged anew. Rows are met in
-- product order, so that no two calls deadlock; for that the plan must not be the planner's choice, but
-- always the index, product by product. To take it for granted once is cheaper, too, than to plan each call.
CREATE OR REPLACE FUNCTION allocate_inventory(p_order_id bigint, p_warehouse_id bigint) RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
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
    IF v_products IS NULL THEN
        RETURN TRUE;
    END IF;

    -- One product leaves nothing behind that would have to be taken back.
    IF cardinality(v_products) = 1 THEN
        UPDATE inventory
           SET stock_quantity = stock_quantity - v_units[1]
         WHERE product_id = v_products[1] AND warehouse_id = p_warehouse_id AND stock_quantity >= v_units[1];
        RETURN FOUND;
    END IF;

    BEGIN
        UPDATE inventory
           SET stock_quantity = inventory.stock_quantity - demand.units
          FROM unnest(v_products, v_units) AS demand (product_id, units)
         WHERE inventory.product_id = demand.product_id
           AND inventory.warehouse_id = p_warehouse_id
           AND inventory.stock_quantity >= demand.units;
        GET DIAGNOSTICS v_taken = ROW_COUNT;
        IF v_taken < cardinality(v_products) THEN
            RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'the order is short';
        END IF;
    EXCEPTION WHEN SQLSTATE 'SH001' THEN
        -- What was taken is given back with the subtransaction, and its locks.
        RETURN FALSE;
    END;
    RETURN TRUE;
END
$$;
