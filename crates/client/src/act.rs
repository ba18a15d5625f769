use crate::fetch::Changes;
use api::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;

/// One thing that a person can do to the stock, and how the last attempt went.
pub struct Act<I: 'static> {
    pending: RwSignal<bool>,
    refused: RwSignal<Option<Problem>>,
    run: Callback<I>,
}

impl<I> Clone for Act<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I> Copy for Act<I> {}

/// What is still to be done once the server has agreed, or why it has not.
type Answer = Result<Box<dyn FnOnce()>, Problem>;

impl<I: 'static> Act<I> {
    /// Does `call`, then `then` with its answer. A refusal stays in [`Self::refused`], for a form to show
    /// beside what was typed.
    pub fn new<O, Fut>(
        call: impl Fn(I) -> Fut + Send + Sync + 'static,
        then: impl Fn(O) + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<O, Problem>> + 'static,
        O: 'static,
    {
        let changes = Changes::expect();
        let pending = RwSignal::new(false);
        let refused = RwSignal::new(None);
        let run = Callback::new(move |input: I| {
            // A second click while the first is under way is not a second wish.
            if pending.get_untracked() {
                return;
            }
            let answer = call(input);
            let answer = async move {
                answer.await.map(|answer| -> Box<dyn FnOnce()> { Box::new(move || then(answer)) })
            };
            begin(Box::pin(answer), pending, refused, changes);
        });
        Self { pending, refused, run }
    }

    /// Does it, unless it is being done.
    pub fn run(self, input: I) {
        self.run.run(input);
    }

    /// Whether it is being done.
    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// Why the last attempt was refused, if it was.
    pub fn refused(self) -> Signal<Option<Problem>> {
        self.refused.into()
    }

    /// Refuses without asking the server.
    pub fn refuse(self, problem: Problem) {
        self.refused.set(Some(problem));
    }
}

/// Compiled once for everything that can be done.
fn begin(
    answer: Pin<Box<dyn Future<Output = Answer>>>,
    pending: RwSignal<bool>,
    refused: RwSignal<Option<Problem>>,
    changes: Changes,
) {
    pending.set(true);
    // The page may be gone when the answer comes: `try_set` then does nothing.
    spawn_local(async move {
        let answer = answer.await;
        pending.try_set(false);
        refused.try_set(answer.as_ref().err().cloned());
        if let Ok(then) = answer {
            then();
        }
        // After a refusal too: it often means that what the page shows is no longer so.
        changes.mark();
    });
}
