use std::hash::{DefaultHasher, Hash, Hasher};

/// Returns the value's 64-bit hash. Keys and cells of many types are compared by it, so that the code that
/// compares them is compiled once.
pub fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
