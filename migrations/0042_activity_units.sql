SET LOCAL lock_timeout = '500ms';

-- The units by which the movement counts as activity, if they are not those of `units` or `change`. A request that returns units
-- of a stock level and takes units of it again moves only the difference: a changed cart, or a reassignment between orders.
ALTER TABLE stock_movements ADD COLUMN activity_units integer;
