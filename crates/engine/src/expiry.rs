use crate::{Context, Engine, Result};
use domain::Time;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// What a clean-up did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanUp {
    /// Expired blocks that were taken away, their units given back.
    pub blocks: u64,
    /// When it was done.
    pub at: Time,
}

/// Who the ledger says gave expired units back by itself.
const SYSTEM_ACTOR: &str = "system";

impl Engine {
    /// Gives back the units of every block that has expired, in bounded transactions.
    pub async fn blocks_expire(&self, context: &Context) -> Result<CleanUp> {
        let blocks = self.expire(&context.actor).await?;
        Ok(CleanUp { blocks, at: self.store().now().await? })
    }

    async fn expire(&self, actor: &str) -> Result<u64> {
        let mut blocks = 0;
        loop {
            let expired = self.store().blocks_expire(self.shared.settings.expiry_blocks_max, actor).await?;
            blocks += expired.blocks;
            for category in expired.items.iter().filter_map(|(_, category)| category.as_ref()) {
                self.shared.top.changed(category);
            }
            if !expired.more || *self.shared.stopping.borrow() {
                return Ok(blocks);
            }
        }
    }
}

/// Cleans up at every interval until `stopping`. A failure is logged and tried again at the next one.
pub(crate) async fn keep_clean(engine: Engine, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(engine.shared.settings.expiry_interval);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            _ = interval.tick() => {}
        }
        match engine.expire(SYSTEM_ACTOR).await {
            Ok(0) => {}
            Ok(blocks) => tracing::debug!(blocks, "expired blocks cleaned up"),
            Err(error) => tracing::warn!(%error, "the clean-up of expired blocks failed"),
        }
    }
}
