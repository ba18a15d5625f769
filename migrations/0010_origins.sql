-- The origin of each change: beside the principal and the request also the credential and the client's address.
--
-- The columns are NULL in older rows and for changes that no request asked for. Local access has no credential.

-- A credential is a number here: a text would be allocated per movement on the hot path. No index contains the columns.
ALTER TABLE stock_movements ADD COLUMN token_id bigint;
ALTER TABLE stock_movements ADD COLUMN session_id bigint;
ALTER TABLE stock_movements ADD COLUMN address inet;

-- The principal that created the order. NULL for older orders, and for orders that other systems create.
ALTER TABLE orders ADD COLUMN created_by text;
