-- The low watermark of the ledger took one advisory lock per statement. A transaction of many single-row statements
-- filled PostgreSQL's lock table, and other sessions then failed with "out of shared memory" too.
--
-- Now a transaction takes one mark, before its first id. That mark is the lowest that it could take, so later ones
-- told a reader nothing. The setting `stockhold.ledger_marked` records it until the transaction ends. ROLLBACK TO and
-- a PL/pgSQL exception handler undo the setting together with the lock, so that the next statement takes a new mark.
-- The value is the transaction's id: a value that a session has set by hand for itself counts for nothing.
CREATE OR REPLACE FUNCTION stock_movements_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('stockhold.ledger_marked', true) = pg_current_xact_id()::text THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(
                (1398013952::bigint << 32) + CASE WHEN is_called THEN last_value ELSE 0 END),
            set_config('stockhold.ledger_marked', pg_current_xact_id()::text, true)
       FROM stock_movements_id_seq;
    RETURN NULL;
END
$$;
