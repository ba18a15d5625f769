-- Refuses times and prices that no program can read: infinite times, times outside of the years 1 to 9999 (the range of
-- RFC 3339), and prices that are not a number. One such value, written by hand, used to fail every request that met it.
--
-- If a row has such a value already, the migration stops and names the first one: only its owner knows the right
-- value.
DO $$
DECLARE
    v_column record;
    v_key    text;
BEGIN
    FOR v_column IN
        SELECT * FROM (VALUES ('items', 'id', 'created_at'), ('items', 'id', 'updated_at'),
                              ('block_inventory', 'id', 'created_at'), ('block_inventory', 'id', 'expires_at'),
                              ('orders', 'id', 'created_at'), ('orders', 'id', 'updated_at'),
                              ('orders', 'id', 'allocated_at'), ('stock_movements', 'id', 'created_at'),
                              ('item_changes', 'id', 'created_at'))
                   AS columns (table_name, key_name, column_name)
    LOOP
        EXECUTE format('SELECT %I::text FROM %I WHERE NOT (%I >= %L AND %I < %L) LIMIT 1', v_column.key_name,
                       v_column.table_name, v_column.column_name, '0001-01-01 00:00:00+00', v_column.column_name,
                       '10000-01-01 00:00:00+00')
           INTO v_key;
        IF v_key IS NOT NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'check_violation',
                MESSAGE = format('%s.%s of the row with %s = %s is infinite or outside of the years 1 to 9999',
                                 v_column.table_name, v_column.column_name, v_column.key_name, v_key),
                HINT = format('Find all such rows: SELECT * FROM %I WHERE NOT (%I >= %L AND %I < %L). Correct them, '
                              'and start the server again.', v_column.table_name, v_column.column_name,
                              '0001-01-01 00:00:00+00', v_column.column_name, '10000-01-01 00:00:00+00');
        END IF;
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I >= %L AND %I < %L)', v_column.table_name,
                       v_column.table_name || '_' || v_column.column_name || '_readable', v_column.column_name,
                       '0001-01-01 00:00:00+00', v_column.column_name, '10000-01-01 00:00:00+00');
    END LOOP;

    SELECT id::text INTO v_key FROM items WHERE price = 'NaN' LIMIT 1;
    IF v_key IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation',
            MESSAGE = format('the price of the item with id = %s is not a number', v_key),
            HINT = 'Find all such items: SELECT * FROM items WHERE price = ''NaN''. Correct them, and start the server '
                   'again.';
    END IF;
END
$$;

ALTER TABLE items ADD CONSTRAINT items_price_readable CHECK (price <> 'NaN');
