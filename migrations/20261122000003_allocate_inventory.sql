-- allocate_inventory(p_order_id, p_warehouse_id): takes every line of an order out of one warehouse's stock,
-- or nothing.
--
-- This file stands alone: it needs only inventory(product_id, warehouse_id, stock_quantity) and
-- order_items(order_id, product_id, quantity), and can be loaded into any database that has them.
--
-- TRUE: the order has no lines, or every product had enough and was taken. FALSE: some product has no row in
-- that warehouse or too little, and nothing has changed. Lines of the same product are judged by their sum.
-- For READ COMMITTED. Rows are locked in product order, so that no two calls deadlock.
CREATE OR REPLACE FUNCTION allocate_inventory(p_order_id bigint, p_warehouse_id bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_first  bigint;
    v_last   bigint;
    v_units  bigint;
    v_filled boolean;
BEGIN
    SELECT min(product_id), max(product_id), sum(quantity) INTO v_first, v_last, v_units
      FROM order_items WHERE order_id = p_order_id;
    IF v_first IS NULL THEN
        RETURN TRUE;
    END IF;

    -- One product is locked, judged and taken by its update alone.
    IF v_first = v_last THEN
        UPDATE inventory
           SET stock_quantity = stock_quantity - v_units
         WHERE product_id = v_first AND warehouse_id = p_warehouse_id AND stock_quantity >= v_units;
        RETURN FOUND;
    END IF;

    WITH demand AS MATERIALIZED (
        SELECT product_id, sum(quantity)::bigint AS quantity
          FROM order_items
         WHERE order_id = p_order_id
         GROUP BY product_id
    ), locked AS MATERIALIZED (
        -- Judged behind the lock: a row that was waited for is read anew.
        SELECT inventory.product_id, demand.quantity, inventory.stock_quantity >= demand.quantity AS suffices
          FROM demand
          JOIN inventory ON inventory.product_id = demand.product_id
                        AND inventory.warehouse_id = p_warehouse_id
         ORDER BY inventory.product_id
           FOR NO KEY UPDATE OF inventory
    ), verdict AS MATERIALIZED (
        SELECT count(*) FILTER (WHERE suffices) = (SELECT count(*) FROM demand) AS filled FROM locked
    ), taken AS (
        UPDATE inventory
           SET stock_quantity = inventory.stock_quantity - locked.quantity
          FROM locked, verdict
         WHERE verdict.filled
           AND inventory.product_id = locked.product_id
           AND inventory.warehouse_id = p_warehouse_id
    )
    SELECT filled INTO v_filled FROM verdict;

    RETURN v_filled;
END
$$;
