use crate::components::icon::Icon;
use crate::components::problem::ProblemText;
use crate::components::rows::Rows;
use crate::memo::Change;
use crate::on::on_click;
use api::Problem;
use leptos::prelude::*;
use std::time::Duration;

/// For how long what was done is told, and can be undone.
const SHOWN: Duration = Duration::from_secs(8);

#[derive(Clone)]
enum Message {
    Done { text: String, link: Option<(String, String)>, undo: Option<Callback<()>> },
    Refused(Problem),
}

/// What has happened lately, told in a corner of the page.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<(u32, Message)>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// Makes the toasts known to everything below.
    pub fn provide() {
        provide_context(Self { shown: RwSignal::new(Vec::new()), last: StoredValue::new(0) });
    }

    /// The toasts of this console.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Something was done.
    pub fn done(self, text: impl Into<String>) {
        self.vanishing(Message::Done { text: text.into(), link: None, undo: None });
    }

    /// Something was done that `undo` takes back.
    pub fn done_undo(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        let undo = Some(Callback::new(move |()| undo()));
        self.vanishing(Message::Done { text: text.into(), link: None, undo });
    }

    /// Something was done, and `href` shows it.
    pub fn done_see(self, text: impl Into<String>, href: String, label: impl Into<String>) {
        self.vanishing(Message::Done { text: text.into(), link: Some((href, label.into())), undo: None });
    }

    /// Something was refused. This stays until it is dismissed: it takes time to read, and to copy from.
    pub fn refused(self, problem: Problem) {
        self.show(Message::Refused(problem));
    }

    fn vanishing(self, message: Message) {
        let id = self.show(message);
        set_timeout(move || self.dismiss(id), SHOWN);
    }

    fn show(self, message: Message) -> u32 {
        let id = self.last.get_value() + 1;
        self.last.set_value(id);
        self.shown.change(|shown| shown.push((id, message)));
        id
    }

    fn dismiss(self, id: u32) {
        self.shown.change(|shown| shown.retain(|(other, _)| *other != id));
    }
}

/// Shows the toasts. What was done is read out when there is time, what was refused at once.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = Toasts::expect();
    let of_kind = move |refused: bool| {
        let mut shown = toasts.shown.get();
        shown.retain(|(_, message)| matches!(message, Message::Refused(_)) == refused);
        shown
    };
    view! {
        <section class="toasts" aria-label="Messages">
            <div role="status">
                <Rows
                    each=move || of_kind(false)
                    key=|(id, _)| *id
                    children=|(id, message)| view! { <Toast id message /> }
                />
            </div>
            <div>
                <Rows
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
    let refused = matches!(message, Message::Refused(_));
    let icon = if refused { Icon::Alert } else { Icon::Check };
    let body = match message {
        Message::Done { text, link, undo } => {
            let undo = undo.map(|undo| {
                let take_back = move |_| {
                    toasts.dismiss(id);
                    undo.run(());
                };
                view! {
                    <button class="button button--small" type="button" on:click=on_click(take_back)>
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
        Message::Refused(problem) => view! { <ProblemText problem /> }.into_any(),
    };
    view! {
        <div class="toast" class:toast--refused=refused role=refused.then_some("alert")>
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
