-- A sequence that nobody has taken from yet shows the id that it will give first as its last one: marked so,
-- a reader would have passed over the very first movement while it was not committed.
CREATE OR REPLACE FUNCTION stock_movements_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(
                (1398013952::bigint << 32) + CASE WHEN is_called THEN last_value ELSE 0 END)
       FROM stock_movements_id_seq;
    RETURN NULL;
END
$$;
