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
    v_filled boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM order_items WHERE order_id = p_order_id) THEN
        RETURN TRUE;
    END IF;

    WITH demand AS MATERIALIZED (
        SELECT product_id, sum(quantity)::bigint AS quantity
          FROM order_items
         WHERE order_id = p_order_id
         GROUP BY product_id
    ), locked AS MATERIALIZED (
        -- Judged behind the lock: a row that was waited for is read anew.
        SELECT inventory.product_id, inventory.stock_quantity >= demand.quantity AS suffices
          FROM demand
          JOIN inventory ON inventory.product_id = demand.product_id
                        AND inventory.warehouse_id = p_warehouse_id
         ORDER BY inventory.product_id
           FOR NO KEY UPDATE OF inventory
    ), verdict AS MATERIALIZED (
        SELECT count(*) FILTER (WHERE suffices) = (SELECT count(*) FROM demand) AS filled FROM locked
    ), taken AS (
        UPDATE inventory
           SET stock_quantity = inventory.stock_quantity - demand.quantity
          FROM demand, verdict
         WHERE verdict.filled
           AND inventory.product_id = demand.product_id
           AND inventory.warehouse_id = p_warehouse_id
    )
    SELECT filled INTO v_filled FROM verdict;

    RETURN v_filled;
END
$$;
