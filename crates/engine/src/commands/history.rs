use crate::{Engine, Result, Topic};
use domain::Time;
use store::History;

impl Engine {
    /// Returns the time of the database.
    pub async fn time(&self) -> Result<Time> {
        Ok(self.store().now().await?)
    }

    /// Loads a shop with its history, if there is no item. Returns whether it was loaded.
    ///
    /// # Errors
    /// A key of the history is taken, or the database fails.
    pub async fn history_load(&self, history: &History) -> Result<bool> {
        let is_loaded = self.store().history_load(history).await?;
        if is_loaded {
            self.shared.notifier.skus_changed();
            Topic::ANNOUNCED.into_iter().for_each(|topic| self.shared.notifier.publish(topic));
        }
        Ok(is_loaded)
    }
}
