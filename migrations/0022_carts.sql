-- Carts: their versions, references and blocks. The blocks hold the units, and the state of a cart is that of its blocks, so
-- confirming, extending and releasing a cart write no row here.

CREATE TABLE carts (
    -- The id of the first block that it was placed with.
    id         bigint NOT NULL,
    -- Incremented by each change of the lines.
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    reference  varchar(100),
    -- Its blocks, in the order of its lines, also after they have ended: the ledger has their ends.
    block_ids  bigint[] NOT NULL,
    CONSTRAINT carts_pkey PRIMARY KEY (id),
    CONSTRAINT carts_version_positive CHECK (version > 0),
    CONSTRAINT carts_block_ids_not_empty CHECK (cardinality(block_ids) > 0),
    CONSTRAINT carts_created_at_in_range
        CHECK (created_at >= '0001-01-01 00:00:00+00' AND created_at < '10000-01-01 00:00:00+00')
);

-- The carts of a reference, newest first.
CREATE INDEX carts_reference_idx ON carts (reference, id) WHERE reference IS NOT NULL;

-- Carts from before this migration. A server of the previous version adds no row: its carts are found by their blocks.
INSERT INTO carts (id, created_at, reference, block_ids)
SELECT cart_id, min(created_at), min(reference), array_agg(id ORDER BY id)
  FROM block_inventory WHERE cart_id IS NOT NULL GROUP BY cart_id;

CREATE TRIGGER carts_not_truncated BEFORE TRUNCATE ON carts FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('carts_not_truncated', 'carts can''t be truncated: their blocks remain');

-- Adds the carts of new blocks: block p_blocks[n] is a line of cart p_carts[n], which has p_references[n]. The statements
-- that place blocks call it only for carts, so that other blocks cost nothing.
CREATE FUNCTION carts_insert(p_blocks bigint[], p_carts bigint[], p_references text[], p_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_inserted bigint;
BEGIN
    INSERT INTO carts (id, created_at, reference, block_ids)
    SELECT cart, p_at, min(reference), array_agg(block ORDER BY position)
      FROM unnest(p_blocks, p_carts, p_references) WITH ORDINALITY AS lines (block, cart, reference, position)
     GROUP BY cart ORDER BY cart;
    GET DIAGNOSTICS v_inserted = ROW_COUNT;
    RETURN v_inserted;
END
$$;

-- The same as stock_apply_if_unchanged, for a batch that confirms, extends or releases the carts p_carts: p_blocks must have
-- all their blocks. Another server may have added a block to a cart; a statement that only compares the known blocks would
-- confirm a part of the cart. The blocks of a cart change under the locks of their levels only, so they are read after these
-- locks.
CREATE FUNCTION stock_apply_carts_if_unchanged(p_items bigint[], p_warehouses bigint[], p_expected integer[],
                                               p_changes integer[], p_blocks bigint[], p_block_items bigint[],
                                               p_block_warehouses bigint[], p_expected_quantities integer[],
                                               p_expected_expiries timestamptz[], p_new_quantities integer[],
                                               p_new_expiries timestamptz[], p_rejected_items bigint[],
                                               p_expected_time timestamptz, p_time_tolerance interval,
                                               p_carts bigint[])
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT stock_apply_if_unchanged(p_items, p_warehouses, p_expected, p_changes, p_blocks, p_block_items,
                                    p_block_warehouses, p_expected_quantities, p_expected_expiries,
                                    p_new_quantities, p_new_expiries, p_rejected_items, p_expected_time,
                                    p_time_tolerance) THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT FROM block_inventory
                WHERE cart_id = ANY (p_carts) AND cart_id IS NOT NULL AND id <> ALL (p_blocks)) THEN
        RAISE EXCEPTION USING ERRCODE = 'SH001', MESSAGE = 'a cart has another block';
    END IF;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'SH001' THEN
    RETURN false;
END
$$;

-- The orders of a reference, newest first.
CREATE INDEX orders_reference_idx ON orders (reference, id) WHERE reference IS NOT NULL;
