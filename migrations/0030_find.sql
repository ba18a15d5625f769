-- The search for orders, and views of lists that people save for all.

-- Orders by the beginning of their reference. The operator class compares bytes, so the index serves prefixes under any
-- collation of the database.
CREATE INDEX orders_reference_prefix_idx ON orders (reference varchar_pattern_ops) WHERE reference IS NOT NULL;

-- A saved view: the query of a list's address, under a name. All people see it.
CREATE TABLE saved_views (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    list       varchar(20) NOT NULL,
    name       varchar(60) NOT NULL,
    query      varchar(2000) NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_views_pkey PRIMARY KEY (id),
    CONSTRAINT saved_views_list_valid
        CHECK (list IN ('items', 'orders', 'blocks', 'carts', 'categories', 'warehouses')),
    CONSTRAINT saved_views_name_not_empty CHECK (name <> '')
);
-- The name of a view is unique in its list, without regard to case and white space.
CREATE UNIQUE INDEX saved_views_name_key ON saved_views (list, fold_key(name));

CREATE TRIGGER saved_views_not_truncated BEFORE TRUNCATE ON saved_views FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_write('saved_views_not_truncated', 'saved_views can''t be truncated: delete single views');
