-- Drafts of stock documents: deliveries, counts and moves that a person enters line by line and posts at once.

CREATE TABLE stock_drafts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    warehouse_id bigint NOT NULL,
    -- The warehouse that receives the units of a move.
    target_id bigint,
    -- Raised by every change, so that a draft is posted as its reader saw it.
    version bigint NOT NULL DEFAULT 1,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    posted_by text,
    posted_at timestamptz,
    CONSTRAINT stock_drafts_kind_known CHECK (kind IN ('receipt', 'count', 'move')),
    CONSTRAINT stock_drafts_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT stock_drafts_move_has_target CHECK ((kind = 'move') = (target_id IS NOT NULL)),
    CONSTRAINT stock_drafts_target_differs CHECK (target_id <> warehouse_id)
);
CREATE INDEX stock_drafts_open_idx ON stock_drafts (id) WHERE posted_at IS NULL;
CREATE INDEX stock_drafts_posted_idx ON stock_drafts (posted_at, id) WHERE posted_at IS NOT NULL;

CREATE TABLE stock_draft_lines (
    draft_id bigint NOT NULL REFERENCES stock_drafts ON DELETE CASCADE,
    item_id bigint NOT NULL,
    quantity integer NOT NULL,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (draft_id, item_id),
    CONSTRAINT stock_draft_lines_quantity_in_range CHECK (quantity >= 0)
);
CREATE INDEX stock_draft_lines_item_idx ON stock_draft_lines (item_id);

CREATE TRIGGER stock_drafts_not_truncated BEFORE TRUNCATE ON stock_drafts FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('stock_drafts_not_truncated', 'stock_drafts can''t be truncated: delete single drafts');
CREATE TRIGGER stock_draft_lines_not_truncated BEFORE TRUNCATE ON stock_draft_lines FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('stock_draft_lines_not_truncated',
                                  'stock_draft_lines can''t be truncated: delete single drafts');
