-- The origin of each change: beside the principal and the request also the credential and the client's address.
--
-- The columns are NULL in older rows, for local access (credential), and for changes that no request asked for.

-- A credential is a number here: a text would be allocated per movement on the hot path. An address takes 7 bytes, an
-- IPv6 address 19, a credential 8. No index contains them.
ALTER TABLE stock_movements ADD COLUMN token_id bigint;
ALTER TABLE stock_movements ADD COLUMN session_id bigint;
ALTER TABLE stock_movements ADD COLUMN address inet;

-- The principal that created the order. NULL for older orders, and for orders that other systems create.
ALTER TABLE orders ADD COLUMN created_by text;
