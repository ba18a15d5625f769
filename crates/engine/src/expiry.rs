use crate::{Context, Engine, Result};
use domain::Time;
use std::time::Instant;
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

/// How fast batch follows batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// At once: somebody waits for it.
    Full,
    /// After a rest as long as the batch took: what buyers ask for goes before.
    Half,
}

impl Engine {
    /// Gives back the units of every block that has expired, in bounded transactions.
    pub async fn blocks_expire(&self, context: &Context) -> Result<CleanUp> {
        let blocks = self.expire(&context.actor, Pace::Full).await?;
        Ok(CleanUp { blocks, at: self.store().now().await? })
    }

    async fn expire(&self, actor: &str, pace: Pace) -> Result<u64> {
        let mut blocks = 0;
        loop {
            let begun = Instant::now();
            let expired = self.store().blocks_expire(self.shared.settings.expiry_blocks_max, actor).await?;
            blocks += expired.blocks;
            if expired.blocks > 0 {
                let categories = expired.items.iter().filter_map(|(_, category)| category.as_ref());
                categories.for_each(|category| self.shared.top.changed(category));
                self.shared.announcer.committed();
            }
            if !expired.more || *self.shared.stopping.borrow() {
                return Ok(blocks);
            }
            if pace == Pace::Half {
                tokio::time::sleep(begun.elapsed()).await;
            }
        }
    }
}

/// How often answers that are old enough are forgotten, in clean-up intervals.
const FORGET_EVERY: u32 = 60;

/// The most answers that one statement forgets.
const FORGET_ANSWERS_MAX: i64 = 10_000;

impl Engine {
    async fn forget_answers(&self) -> Result<()> {
        let age_seconds = self.shared.settings.answers_kept.as_secs_f64();
        while self.store().answers_forget(age_seconds, FORGET_ANSWERS_MAX).await? > 0 {}
        Ok(())
    }
}

/// Cleans up at every interval until `stopping`. A failure is logged and tried again at the next one.
pub(crate) async fn keep_clean(engine: Engine, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(engine.shared.settings.expiry_interval);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for turn in (0..FORGET_EVERY).cycle() {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            _ = interval.tick() => {}
        }
        match engine.expire(SYSTEM_ACTOR, Pace::Half).await {
            Ok(0) => {}
            Ok(blocks) => tracing::debug!(blocks, "expired blocks cleaned up"),
            Err(error) => tracing::warn!(%error, "the clean-up of expired blocks failed"),
        }
        if turn == 0
            && let Err(error) = engine.forget_answers().await
        {
            tracing::warn!(%error, "old answers could not be forgotten");
        }
    }
}
