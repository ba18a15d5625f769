-- How blocks have ended of late, latest first, without reading the lines between. Placing blocks and allocating
-- orders write no such line, and so don't touch this index.
CREATE INDEX stock_movements_ended_idx ON stock_movements (id)
    WHERE reason IN ('confirmed', 'released', 'expired') AND block_id IS NOT NULL;
