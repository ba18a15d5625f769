use tokio::sync::Mutex;
use tokio::time::Instant;

/// A read whose result concurrent callers share (single-flight). Nothing is cached for later callers.
#[derive(Debug)]
pub(crate) struct SharedRead<T>(Mutex<Option<(Instant, T)>>);

impl<T> Default for SharedRead<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> SharedRead<T> {
    /// Returns the result of a read that began after this call: its own, or that of a caller that waited too.
    pub(crate) async fn get(&self, read: impl Future<Output = T>) -> T {
        let requested = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((begun, value)) = &*last
            && *begun >= requested
        {
            return value.clone();
        }
        let begun = Instant::now();
        let value = read.await;
        *last = Some((begun, value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn callers_that_wait_share_a_read_that_began_after_their_calls() {
        let (shared, reads) = (SharedRead::default(), AtomicU32::new(0));
        let read_time = Duration::from_millis(100);
        let get = || {
            shared.get(async {
                tokio::time::sleep(read_time).await;
                reads.fetch_add(1, Ordering::Relaxed)
            })
        };
        let later = || async {
            tokio::time::sleep(read_time / 10).await;
            get().await
        };
        assert_eq!(tokio::join!(get(), later(), later()), (0, 1, 1));
        assert_eq!(get().await, 2, "a result is not cached");
    }
}
