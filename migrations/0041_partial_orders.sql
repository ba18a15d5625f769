SET LOCAL lock_timeout = '500ms';

-- The units of a partial order belong to Stockhold: the allocation of other systems takes every line in full, also the units
-- that the order has already. The transaction of the other system is rolled back, with the units that it took.
CREATE TRIGGER orders_partial_allocated AFTER UPDATE OF status ON orders FOR EACH ROW
    WHEN (OLD.status = 'partial' AND NEW.status = 'allocated'
          AND current_setting('stockhold.maintains_totals', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION refuse_write('orders_partial_allocated',
        'the order has a part of its units: only Stockhold allocates the others');
