-- Webhooks: endpoints of other systems that receive each event.
--
-- An endpoint has a cursor into the ledger instead of a row per event, so writers of stock write nothing for it. Only an event
-- whose delivery failed has a row, until it is delivered. See decision record 0123.

CREATE TABLE webhook_endpoints (
    id                 bigint GENERATED ALWAYS AS IDENTITY,
    name               text NOT NULL,
    url                text NOT NULL,
    -- Empty arrays exclude nothing.
    kinds              text[] NOT NULL,
    warehouse_ids      bigint[] NOT NULL,
    skus               text[] NOT NULL,
    state              text NOT NULL DEFAULT 'active',
    disabled_reason    text,
    -- Every event up to the position is delivered, excluded by the filter, or has a row in webhook_parked.
    position           bigint NOT NULL,
    -- NULL at the start of the ledger.
    fingerprint        text,
    -- v1: HMAC with SHA-256. v1a: ed25519.
    signature          text NOT NULL,
    -- A server signs with it, so it is stored as it is.
    signing_key        bytea NOT NULL,
    previous_key       bytea,
    previous_key_until timestamptz,
    -- Raised by each change of the endpoint and of its worker, a fencing token: a sender with another revision commits nothing.
    revision           bigint NOT NULL DEFAULT 1,
    failures_in_row    integer NOT NULL DEFAULT 0,
    failing_since      timestamptz,
    -- Nothing is sent before: the receiver asked for it.
    waits_until        timestamptz,
    delivered_at       timestamptz,
    -- The server that sends to the endpoint, until the lease expires.
    worker             text,
    lease_until        timestamptz,
    created_at         timestamptz NOT NULL DEFAULT now(),
    disabled_at        timestamptz,
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_endpoints_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT webhook_endpoints_state_known CHECK (state IN ('active', 'paused', 'disabled')),
    CONSTRAINT webhook_endpoints_disabled_has_reason
        CHECK ((state = 'disabled') = (disabled_reason IS NOT NULL) AND (state = 'disabled') = (disabled_at IS NOT NULL)),
    CONSTRAINT webhook_endpoints_position_not_negative CHECK (position >= 0),
    CONSTRAINT webhook_endpoints_signature_known CHECK (signature IN ('v1', 'v1a')),
    CONSTRAINT webhook_endpoints_keys_length CHECK (octet_length(signing_key) = 32 AND octet_length(previous_key) = 32),
    CONSTRAINT webhook_endpoints_previous_ends CHECK ((previous_key IS NULL) = (previous_key_until IS NULL)),
    CONSTRAINT webhook_endpoints_lease_of_worker CHECK ((worker IS NULL) = (lease_until IS NULL))
);

-- Events whose delivery failed, and later events of the same items.
CREATE TABLE webhook_parked (
    endpoint_id bigint NOT NULL,
    event_id    bigint NOT NULL,
    item_id     bigint NOT NULL,
    -- waiting: another attempt follows. set_aside: the last attempt failed.
    state       text NOT NULL DEFAULT 'waiting',
    attempts    integer NOT NULL,
    -- The time of the next attempt, or of the last one.
    due_at      timestamptz NOT NULL,
    error       text,
    CONSTRAINT webhook_parked_pkey PRIMARY KEY (endpoint_id, event_id),
    CONSTRAINT webhook_parked_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints ON DELETE CASCADE,
    CONSTRAINT webhook_parked_state_known CHECK (state IN ('waiting', 'set_aside')),
    CONSTRAINT webhook_parked_attempts_not_negative CHECK (attempts >= 0)
);
-- The first waiting event of each item.
CREATE INDEX webhook_parked_item_idx ON webhook_parked (endpoint_id, item_id, event_id) WHERE state = 'waiting';
CREATE INDEX webhook_parked_set_aside_idx ON webhook_parked (endpoint_id, event_id) WHERE state = 'set_aside';

-- The latest attempts, for people: at most ten per second and endpoint.
CREATE TABLE webhook_deliveries (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    endpoint_id bigint NOT NULL,
    message     text NOT NULL,
    -- NULL for a test.
    event_id    bigint,
    kind        text NOT NULL,
    attempt     integer NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    status      integer,
    duration_ms integer NOT NULL,
    request     text NOT NULL,
    answer      text NOT NULL,
    error       text,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (endpoint_id, id),
    CONSTRAINT webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_at_idx ON webhook_deliveries (at);

CREATE TRIGGER webhook_endpoints_not_truncated BEFORE TRUNCATE ON webhook_endpoints FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('webhook_endpoints_not_truncated', 'webhook_endpoints can''t be truncated: delete single endpoints');
CREATE TRIGGER webhook_parked_not_truncated BEFORE TRUNCATE ON webhook_parked FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('webhook_parked_not_truncated', 'webhook_parked can''t be truncated: delete single rows');
CREATE TRIGGER webhook_deliveries_not_truncated BEFORE TRUNCATE ON webhook_deliveries FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('webhook_deliveries_not_truncated', 'webhook_deliveries can''t be truncated: delete single rows');

-- The scope of programs that manage webhooks.
ALTER TABLE clients DROP CONSTRAINT clients_scopes_valid;
ALTER TABLE clients ADD CONSTRAINT clients_scopes_valid CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY ['stock:read',
    'stock:write', 'holds:write', 'orders:write', 'items:write', 'webhooks:manage', 'admin']) NOT VALID;
ALTER TABLE clients VALIDATE CONSTRAINT clients_scopes_valid;
