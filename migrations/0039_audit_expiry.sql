-- Deletes at most `p_limit` events that are older than `p_days`, the oldest first. Returns their number. Events of the
-- last 30 days are never deleted.
--
-- Once audit events are archived, only `audit_archive` deletes them: a server that has no archive must not delete events that
-- are in no file. The lock of the position excludes an archive meanwhile, whose file would have events that are deleted here.
CREATE OR REPLACE FUNCTION audit_events_expire(p_days integer, p_limit bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_position bigint;
    v_deleted  bigint;
BEGIN
    SELECT position INTO v_position FROM archive_positions WHERE kind = 'audit' FOR SHARE SKIP LOCKED;
    IF v_position IS DISTINCT FROM 0 THEN
        RETURN 0;
    END IF;
    PERFORM set_config('stockhold.audit_expiry', 'on', true);
    DELETE FROM audit_events
     WHERE id IN (SELECT id FROM audit_events
                   WHERE created_at < now() - make_interval(days => greatest(p_days, 30))
                   ORDER BY created_at, id LIMIT p_limit FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS v_deleted = ROW_COUNT;
    PERFORM set_config('stockhold.audit_expiry', '', true);
    RETURN v_deleted;
END
$$;
