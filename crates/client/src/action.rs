use crate::refetch::RefetchTrigger;
use api::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;

/// A call of a server function that changes data, with its state: pending, and the problem of the last call.
pub struct Action<I: 'static> {
    pending: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    run: Callback<I>,
}

impl<I> Clone for Action<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I> Copy for Action<I> {}

/// The callback for a successful response, or the problem.
type Response = Result<Box<dyn FnOnce()>, Problem>;

impl<I: 'static> Action<I> {
    /// Creates an action that runs `call`, then `on_success` with the response. A problem is kept in
    /// [`Self::problem`], so that a form can show it next to its fields.
    pub fn new<O, Fut>(
        call: impl Fn(I) -> Fut + Send + Sync + 'static,
        on_success: impl Fn(O) + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<O, Problem>> + 'static,
        O: 'static,
    {
        let refetch = RefetchTrigger::expect();
        let pending = RwSignal::new(false);
        let problem = RwSignal::new(None);
        let run = Callback::new(move |input: I| {
            // Ignores a second click while the first call is pending.
            if pending.get_untracked() {
                return;
            }
            let response = call(input);
            let response = async move {
                response.await.map(|response| -> Box<dyn FnOnce()> { Box::new(move || on_success(response)) })
            };
            spawn(Box::pin(response), pending, problem, refetch);
        });
        Self { pending, problem, run }
    }

    /// Runs the call, unless one is pending.
    pub fn run(self, input: I) {
        self.run.run(input);
    }

    /// Returns whether a call is pending.
    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// Returns the problem of the last call, if it failed.
    pub fn problem(self) -> Signal<Option<Problem>> {
        self.problem.into()
    }

    /// Clears the problem of the last call, for example when its dialog opens for another action.
    pub fn reset(self) {
        self.problem.set(None);
    }

    /// Sets the problem without a call, for example after a check of the form's fields.
    pub fn fail(self, problem: Problem) {
        self.problem.set(Some(problem));
    }
}

/// Runs a call. The future is boxed, so that this code is compiled once and not once per action.
fn spawn(
    response: Pin<Box<dyn Future<Output = Response>>>,
    pending: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    refetch: RefetchTrigger,
) {
    pending.set(true);
    // The page may be gone when the response arrives: `try_set` then does nothing.
    spawn_local(async move {
        let response = response.await;
        pending.try_set(false);
        problem.try_set(response.as_ref().err().cloned());
        match response {
            Ok(on_success) => {
                on_success();
                refetch.trigger_created();
            }
            // A problem often means that the page shows old data.
            Err(_) => refetch.trigger(),
        }
    });
}
