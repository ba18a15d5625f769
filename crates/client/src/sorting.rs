//! Sorts rows. The sort is compiled once, not once per type of row and key: each copy of it is 3 KB of WASM.

use std::cmp::Ordering;

/// Returns the rows by ascending key. Rows with the same key keep their order.
pub fn sorted_by_key<T, K: Ord>(rows: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let keys: Vec<K> = rows.iter().map(key).collect();
    let order = order(rows.len(), &|one, other| keys[one].cmp(&keys[other]));
    let mut rows: Vec<Option<T>> = rows.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| rows[at].take()).collect()
}

/// Returns the positions `0..count` in the order of a comparison.
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

#[cfg(test)]
mod tests {
    use super::sorted_by_key;

    #[test]
    fn rows_with_the_same_key_keep_their_order() {
        let rows = vec![("b", 2), ("a", 1), ("c", 2), ("d", 0)];
        assert_eq!(sorted_by_key(rows, |row| row.1), [("d", 0), ("a", 1), ("b", 2), ("c", 2)]);
    }
}
