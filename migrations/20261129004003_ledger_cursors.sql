-- A cursor of the event feed was a bare ledger id. After a restore, a failover that lost committed lines, or a change
-- to another database, the server accepted it all the same, and the consumer skipped events without notice.
--
-- A cursor now has a fingerprint besides its place: a hash of the ledger's id and of the last line at or before the
-- place. Lines up to the low watermark never change, so the fingerprint stays valid as long as the history up to the
-- place does; a promotion that lost nothing keeps all cursors valid.

-- The identity of this ledger: one row. A dump or a physical copy has the same one, as it has the same lines.
CREATE TABLE ledger_identity (
    id       uuid NOT NULL DEFAULT gen_random_uuid(),
    only_row boolean NOT NULL DEFAULT true,
    CONSTRAINT ledger_identity_pkey PRIMARY KEY (only_row),
    CONSTRAINT ledger_identity_only_row CHECK (only_row)
);

INSERT INTO ledger_identity DEFAULT VALUES;

CREATE TRIGGER ledger_identity_fixed BEFORE UPDATE OR DELETE ON ledger_identity FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('ledger_identity_fixed', 'ledger_identity can''t be changed');
CREATE TRIGGER ledger_identity_not_truncated BEFORE TRUNCATE ON ledger_identity FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('ledger_identity_fixed', 'ledger_identity can''t be changed');

-- The fingerprint of a place in the ledger.
--
-- The function is VOLATILE so that its query has a snapshot of its own. The caller has just read the marks in the same
-- statement, whose snapshot may be older than the commit of a line below them.
CREATE FUNCTION ledger_fingerprint(p_place bigint) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_ledger text;
    v_line   text;
BEGIN
    SELECT id::text INTO v_ledger FROM ledger_identity;
    SELECT concat_ws(':', id, item_id, warehouse_id, change, extract(epoch FROM created_at)) INTO v_line
      FROM stock_movements WHERE id <= p_place ORDER BY id DESC LIMIT 1;
    RETURN substr(md5(concat_ws('/', v_ledger, v_line)), 1, 16);
END
$$;
