use crate::components::toast::Toasts;
use crate::fetch::Changes;
use api::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

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
        Self::with_refusal(call, then, |_| ())
    }

    /// The same, but a refusal is shown as a toast: for what has no form.
    pub fn toasting<O, Fut>(
        call: impl Fn(I) -> Fut + Send + Sync + 'static,
        then: impl Fn(O) + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<O, Problem>> + 'static,
        O: 'static,
    {
        let toasts = Toasts::expect();
        Self::with_refusal(call, then, move |problem| toasts.refused(problem))
    }

    fn with_refusal<O, Fut>(
        call: impl Fn(I) -> Fut + Send + Sync + 'static,
        then: impl Fn(O) + Copy + Send + Sync + 'static,
        otherwise: impl Fn(Problem) + Copy + Send + Sync + 'static,
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
            pending.set(true);
            let answer = call(input);
            // The page may be gone when the answer comes: `try_set` then does nothing.
            spawn_local(async move {
                let answer = answer.await;
                pending.try_set(false);
                refused.try_set(answer.as_ref().err().cloned());
                match answer {
                    Ok(answer) => then(answer),
                    Err(problem) => otherwise(problem),
                }
                // After a refusal too: it often means that what the page shows is no longer so.
                changes.mark();
            });
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

    /// Forgets how the last attempt went.
    pub fn forget(self) {
        self.refused.set(None);
    }
}
