-- The allocation of an order from several warehouses: the priority of a warehouse, and its position.

-- A warehouse with a lower priority comes first.
ALTER TABLE warehouses ADD COLUMN priority integer NOT NULL DEFAULT 0;

-- Degrees. The server writes six decimals.
ALTER TABLE warehouses ADD COLUMN latitude double precision;
ALTER TABLE warehouses ADD COLUMN longitude double precision;

ALTER TABLE warehouses
    ADD CONSTRAINT warehouses_priority_in_range CHECK (priority BETWEEN -1000000 AND 1000000),
    ADD CONSTRAINT warehouses_latitude_in_range CHECK (latitude BETWEEN -90 AND 90),
    ADD CONSTRAINT warehouses_longitude_in_range CHECK (longitude BETWEEN -180 AND 180),
    ADD CONSTRAINT warehouses_position_complete CHECK ((latitude IS NULL) = (longitude IS NULL));
