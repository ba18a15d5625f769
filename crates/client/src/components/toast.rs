use crate::components::icon::Icon;
use crate::components::keyed_list::KeyedList;
use crate::components::problem::ProblemText;
use crate::event_handlers::on_click;
use api::Problem;
use leptos::prelude::*;
use std::time::Duration;

/// The time that a success message and its undo button are shown.
const DONE_SHOWN: Duration = Duration::from_secs(8);

#[derive(Clone)]
enum Message {
    Done { text: String, link: Option<(String, String)>, undo: Option<Callback<()>> },
    Problem(Box<Problem>),
}

/// Messages in a corner of the page.
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

    /// Shows a success message.
    pub fn done(self, text: impl Into<String>) {
        self.show_briefly(Message::Done { text: text.into(), link: None, undo: None });
    }

    /// Shows a success message with an undo button.
    pub fn done_with_undo(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        let undo = Some(Callback::new(move |()| undo()));
        self.show_briefly(Message::Done { text: text.into(), link: None, undo });
    }

    /// Shows a success message with a link.
    pub fn done_with_link(self, text: impl Into<String>, href: String, label: impl Into<String>) {
        self.show_briefly(Message::Done { text: text.into(), link: Some((href, label.into())), undo: None });
    }

    /// Shows a problem until it is dismissed: it takes time to read and to copy from.
    pub fn problem(self, problem: Problem) {
        self.show(Message::Problem(Box::new(problem)));
    }

    fn show_briefly(self, message: Message) {
        let id = self.show(message);
        set_timeout(move || self.dismiss(id), DONE_SHOWN);
    }

    fn show(self, message: Message) -> u32 {
        let id = self.last.get_value() + 1;
        self.last.set_value(id);
        self.shown.update(|shown| shown.push((id, message)));
        id
    }

    fn dismiss(self, id: u32) {
        self.shown.update(|shown| shown.retain(|(other, _)| *other != id));
    }
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
        <section class="toasts" aria-label="Messages">
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
    let icon = if is_problem { Icon::Alert } else { Icon::Check };
    let body = match message {
        Message::Done { text, link, undo } => {
            let undo = undo.map(|undo| {
                let undo_and_dismiss = move |_| {
                    toasts.dismiss(id);
                    undo.run(());
                };
                view! {
                    <button class="button button--small" type="button" on:click=on_click(undo_and_dismiss)>
                        "Undo"
                    </button>
                }
            });
            view! {
                <p>
                    {text}
                    {link.map(|(href, label)| view! { " " <a href=href>{label}</a> })}
                </p>
                {undo}
            }
            .into_any()
        }
        Message::Problem(problem) => view! { <ProblemText problem=*problem /> }.into_any(),
    };
    view! {
        <div class="toast" class:toast--problem=is_problem role=is_problem.then_some("alert")>
            {icon.view()}
            <div class="toast__body">{body}</div>
            <button
                class="button button--icon"
                type="button"
                aria-label="Dismiss"
                on:click=on_click(move |_| toasts.dismiss(id))
            >
                {Icon::Cross.view()}
            </button>
        </div>
    }
}
