//! A cached value that belongs to one generation of the database.

use std::sync::{Mutex, MutexGuard, PoisonError};
use store::Generation;

/// A value behind a mutex, valid for one generation of the database. A writer of a later generation replaces the value
/// with an empty one. A writer of an earlier generation is ignored.
#[derive(Debug, Default)]
pub(crate) struct Generational<T>(Mutex<Versioned<T>>);

#[derive(Debug, Default)]
struct Versioned<T> {
    generation: Generation,
    value: T,
}

impl<T: Default> Generational<T> {
    /// Reads the value. Returns `None` if it belongs to another generation.
    pub(crate) fn read<R>(&self, generation: Generation, read: impl FnOnce(&T) -> R) -> Option<R> {
        let versioned = self.lock();
        (versioned.generation == generation).then(|| read(&versioned.value))
    }

    /// Reads the value of any generation. For hints, which need not be right.
    pub(crate) fn peek<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.lock().value)
    }

    /// Changes the value. Returns `None` and changes nothing if the value belongs to a later generation.
    pub(crate) fn update<R>(&self, generation: Generation, update: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut versioned = self.lock();
        if generation > versioned.generation {
            *versioned = Versioned { generation, value: T::default() };
        }
        (versioned.generation == generation).then(|| update(&mut versioned.value))
    }

    /// Changes the value of any generation. For invalidations, which are always safe.
    pub(crate) fn invalidate(&self, update: impl FnOnce(&mut T)) {
        update(&mut self.lock().value);
    }

    fn lock(&self) -> MutexGuard<'_, Versioned<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_used_in_its_own_generation_only() {
        let (first, later) = (Generation::FIRST, Generation::FIRST.next());
        let cached = Generational::<Vec<i32>>::default();
        assert_eq!(cached.update(first, |value| value.push(1)), Some(()));
        assert_eq!((cached.read(first, Vec::clone), cached.read(later, Vec::clone)), (Some(vec![1]), None));
        assert_eq!(cached.update(later, |value| value.push(2)), Some(()));
        assert_eq!((cached.read(first, Vec::clone), cached.read(later, Vec::clone)), (None, Some(vec![2])));
        assert_eq!(cached.update(first, |value| value.push(3)), None);
        assert_eq!(cached.peek(Vec::clone), [2]);
    }
}
