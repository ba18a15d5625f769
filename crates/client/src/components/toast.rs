use crate::components::icon::Icon;
use crate::components::keyed_list::KeyedList;
use crate::components::problem::ProblemText;
use crate::event_handlers::on_click;
use crate::texts;
use crate::user_text::visible;
use api::Problem;
use leptos::prelude::*;
use std::time::Duration;

/// The time that a success message and its undo button are shown, at least.
const DONE_SHOWN: Duration = Duration::from_secs(8);
/// The time after which a message that the pointer or the focus was in is dismissed.
const LEFT_SHOWN: Duration = Duration::from_secs(2);

/// An object of an action: its kind and its id.
pub type Object = (&'static str, i64);

/// A success message.
#[derive(Clone)]
pub struct Done {
    text: String,
    /// The objects of the action. A later action on one of them removes the message.
    objects: Vec<Object>,
    /// The parts of the action that failed, each with its reason.
    failures: Vec<String>,
    link: Option<(String, String)>,
    undo: Option<Callback<()>>,
}

impl Done {
    /// Creates a message.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), objects: Vec::new(), failures: Vec::new(), link: None, undo: None }
    }

    /// Names the objects of the action. A later message about one of them replaces this one.
    pub fn about(self, kind: &'static str, ids: impl IntoIterator<Item = i64>) -> Self {
        Self { objects: ids.into_iter().map(|id| (kind, id)).collect(), ..self }
    }

    /// Adds the parts of the action that failed. The message then stays until it is dismissed.
    pub fn failures(self, failures: Vec<String>) -> Self {
        Self { failures, ..self }
    }

    /// Adds a link.
    pub fn link(self, href: String, label: impl Into<String>) -> Self {
        Self { link: Some((href, label.into())), ..self }
    }

    /// Adds a button that undoes the action.
    pub fn undo(self, undo: impl Fn() + Send + Sync + 'static) -> Self {
        Self { undo: Some(Callback::new(move |()| undo())), ..self }
    }
}

#[derive(Clone)]
enum Message {
    Done(Box<Done>),
    Problem(Box<Problem>),
}

/// Messages at the edge of the page, one per action.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<(u32, Message)>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// Provides the toasts as a context.
    pub fn provide() {
        provide_context(Self { shown: RwSignal::new(Vec::new()), last: StoredValue::new(0) });
    }

    /// Returns the toasts from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Shows a success message about no object.
    pub fn done(self, text: impl Into<String>) {
        self.show(Done::new(text));
    }

    /// Shows a success message. It replaces those about the same objects.
    pub fn show(self, done: Done) {
        self.supersede(&done.objects);
        let stays = !done.failures.is_empty();
        let id = self.push(Message::Done(Box::new(done)));
        if !stays {
            set_timeout(move || self.expire(id), DONE_SHOWN);
        }
    }

    /// Shows a problem until it is dismissed: it takes time to read and to copy from.
    pub fn problem(self, problem: Problem) {
        self.push(Message::Problem(Box::new(problem)));
    }

    /// Removes the success messages about the objects of a new action: their undo would meet another state.
    pub fn supersede(self, objects: &[Object]) {
        let is_about = |message: &Message| match message {
            Message::Done(done) => done.objects.iter().any(|object| objects.contains(object)),
            Message::Problem(_) => false,
        };
        self.shown.update(|shown| shown.retain(|(_, message)| !is_about(message)));
    }

    /// Undoes the action of the latest message that has an undo button. Returns whether there is one.
    pub fn undo_latest(self) -> bool {
        let undo = |(id, message): &(u32, Message)| match message {
            Message::Done(done) => done.undo.map(|undo| (*id, undo)),
            Message::Problem(_) => None,
        };
        let latest = self.shown.with_untracked(|shown| shown.iter().rev().find_map(undo));
        latest.map(|(id, undo)| self.undo(id, undo)).is_some()
    }

    fn undo(self, id: u32, undo: Callback<()>) {
        self.dismiss(id);
        undo.run(());
    }

    fn push(self, message: Message) -> u32 {
        let id = self.last.get_value() + 1;
        self.last.set_value(id);
        self.shown.update(|shown| shown.push((id, message)));
        id
    }

    /// Dismisses a message whose time is over, after the pointer and the focus have left it.
    fn expire(self, id: u32) {
        let element = document().get_element_by_id(&element_id(id));
        match element.map(|element| element.matches(":hover, :focus-within")) {
            Some(Ok(true)) => set_timeout(move || self.expire(id), LEFT_SHOWN),
            _ => self.dismiss(id),
        }
    }

    fn dismiss(self, id: u32) {
        self.shown.update(|shown| shown.retain(|(other, _)| *other != id));
    }
}

fn element_id(id: u32) -> String {
    format!("toast-{id}")
}

/// The list of toasts. Screen readers announce success messages politely and problems at once.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = Toasts::expect();
    let of_kind = move |problems: bool| {
        let mut shown = toasts.shown.get();
        shown.retain(|(_, message)| matches!(message, Message::Problem(_)) == problems);
        shown
    };
    view! {
        <section class="toasts" aria-label=texts::messages()>
            <div role="status">
                <KeyedList
                    each=move || of_kind(false)
                    key=|(id, _)| *id
                    children=|(id, message)| view! { <Toast id message /> }
                />
            </div>
            <div>
                <KeyedList
                    each=move || of_kind(true)
                    key=|(id, _)| *id
                    children=|(id, message)| view! { <Toast id message /> }
                />
            </div>
        </section>
    }
}

#[component]
fn Toast(id: u32, message: Message) -> impl IntoView {
    let toasts = Toasts::expect();
    let is_problem = matches!(message, Message::Problem(_));
    let has_failures = matches!(&message, Message::Done(done) if !done.failures.is_empty());
    let icon = if is_problem || has_failures { Icon::Alert } else { Icon::Check };
    let body = match message {
        Message::Done(done) => {
            let Done { text, failures, link, undo, .. } = *done;
            let undo = undo.map(|undo| {
                view! {
                    <button
                        class="button button--small"
                        type="button"
                        aria-keyshortcuts="Control+Z Meta+Z"
                        on:click=on_click(move |_| toasts.undo(id, undo))
                    >
                        {texts::undo()}
                    </button>
                }
            });
            let failures = (!failures.is_empty()).then(|| {
                let failures = failures.into_iter().map(|failure| view! { <li>{visible(failure)}</li> });
                view! { <ul class="toast__failures">{failures.collect_view()}</ul> }
            });
            view! {
                <p>
                    {visible(text)}
                    {link.map(|(href, label)| view! { " " <a href=href>{label}</a> })}
                </p>
                {failures}
                {undo}
            }
            .into_any()
        }
        Message::Problem(problem) => view! { <ProblemText problem=*problem /> }.into_any(),
    };
    view! {
        <div
            id=element_id(id)
            class="toast"
            class:toast--problem=is_problem || has_failures
            role=is_problem.then_some("alert")
        >
            {icon.view()}
            <div class="toast__body">{body}</div>
            <button
                class="button button--icon"
                type="button"
                aria-label=texts::dismiss()
                on:click=on_click(move |_| toasts.dismiss(id))
            >
                {Icon::Cross.view()}
            </button>
        </div>
    }
}
