-- Payments of carts. The blocks of a cart have the expiry time of its payment while it runs, so the clean-up of expired
-- blocks needs no rule for payments.

ALTER TABLE carts
    -- The shop's key of the last payment.
    ADD COLUMN payment_reference varchar(100),
    -- The end of the time for the payment.
    ADD COLUMN payment_until timestamptz,
    -- The expiry time before the payment, which the end of the payment by a request restores.
    ADD COLUMN expires_before timestamptz,
    -- The time at which the units of the expired cart were taken again for the payment.
    ADD COLUMN retaken_at timestamptz;

ALTER TABLE carts
    ADD CONSTRAINT carts_payment_complete CHECK (
        (payment_reference IS NULL) = (payment_until IS NULL) AND (payment_reference IS NULL) = (expires_before IS NULL)
        AND (retaken_at IS NULL OR payment_reference IS NOT NULL)) NOT VALID;
ALTER TABLE carts VALIDATE CONSTRAINT carts_payment_complete;

-- The carts of a payment.
CREATE INDEX carts_payment_idx ON carts (payment_reference, id) WHERE payment_reference IS NOT NULL;

-- The units of an expired cart are taken again once per payment.
CREATE UNIQUE INDEX carts_retaken_once ON carts (payment_reference) WHERE retaken_at IS NOT NULL;

-- The ends of blocks: also of those whose units became an order's.
DROP INDEX stock_movements_block_ended_idx;
CREATE INDEX stock_movements_block_ended_idx ON stock_movements (block_id)
    WHERE reason IN ('released', 'expired', 'hold_converted', 'sale_converted');
