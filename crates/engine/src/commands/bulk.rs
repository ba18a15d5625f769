use crate::{Context, Engine, Response, Result};
use domain::{BlockAction, BlockId, BulkBlockAction, Time};
use futures::future::join_all;

/// The result of an action on one of several blocks. The time is when an extended block expires; `None` for the other
/// actions.
pub type BlockOutcome = (BlockId, Result<Response<Option<Time>>>);

impl Engine {
    /// Runs one action on several blocks, on each block on its own, and returns each result. If the request has an
    /// idempotency key, each block has a key derived from it.
    ///
    /// # Errors
    /// A key that is too long for that. The error of a block is in its result; see [`Engine::block_confirm`].
    pub async fn blocks_act(&self, context: &Context, act: BulkBlockAction) -> Result<Vec<BlockOutcome>> {
        let contexts = act.blocks().iter().map(|id| context.part(id)).collect::<Result<Vec<_>>>()?;
        let running = act.blocks().iter().zip(&contexts).map(async |(id, context)| {
            let response = match act.action {
                BlockAction::Confirm => self.block_confirm(context, *id, None).await.map(without_time),
                BlockAction::Release => self.block_release(context, *id).await.map(without_time),
                BlockAction::Extend(ttl) => {
                    let extended = self.block_extend(context, *id, ttl).await;
                    extended.map(|response| response.map(|extended| Some(extended.expires_at)))
                }
            };
            (*id, response)
        });
        Ok(join_all(running).await)
    }
}

fn without_time<T>(response: Response<T>) -> Response<Option<Time>> {
    response.map(|_| None)
}
