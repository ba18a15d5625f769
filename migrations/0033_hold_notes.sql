-- Notes about holds and carts. Both columns are NULL for nearly all rows, and the bitmap of NULLs of both tables has room for
-- them, so a row without a note is as wide as before.

ALTER TABLE block_inventory ADD COLUMN note varchar(500);
ALTER TABLE carts ADD COLUMN note varchar(500);

-- Inserts new carts, given one row per block. The function without notes serves the optimistic path, which places no cart with a
-- note, and the previous version.
CREATE FUNCTION carts_insert(p_blocks bigint[], p_carts bigint[], p_references text[], p_notes text[], p_at timestamptz)
    RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_inserted bigint;
BEGIN
    INSERT INTO carts (id, created_at, reference, note, block_ids)
    SELECT cart, p_at, min(reference), min(note), array_agg(block ORDER BY position)
      FROM unnest(p_blocks, p_carts, p_references, p_notes)
           WITH ORDINALITY AS lines (block, cart, reference, note, position)
     GROUP BY cart ORDER BY cart;
    GET DIAGNOSTICS v_inserted = ROW_COUNT;
    RETURN v_inserted;
END
$$;
