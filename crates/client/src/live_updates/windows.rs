//! One stream of events for all windows of a browser. The windows elect a leader by a lock of the browser: it opens the
//! stream and passes each message on. HTTP/1.1 allows six connections to a server, and each stream takes one.

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, BroadcastChannel, MessageEvent};

/// The name of the lock and of the channel.
const NAME: &str = "stockhold-events";

/// The effects of the election and of messages on a window.
pub(super) trait Window {
    /// This window leads: it opens the stream.
    fn lead(self: Rc<Self>);
    /// Another window leads.
    fn follow(self: Rc<Self>);
    /// A message of another window has arrived.
    fn receive(self: Rc<Self>, kind: &str, text: &str);
}

/// The place of this window among the windows of the browser.
pub(super) struct Windows {
    channel: Option<BroadcastChannel>,
    locks: Option<Object>,
    /// Releases the lock, while this window leads.
    resign: RefCell<Option<Function>>,
    /// Withdraws the request for the lock.
    candidacy: RefCell<Option<AbortController>>,
    /// Whether this window takes part.
    is_member: Cell<bool>,
}

impl Windows {
    /// Creates the place of a window that takes no part yet. A browser without Web Locks, or a page of plain HTTP, has none:
    /// the window then always leads, alone.
    pub(super) fn new() -> Self {
        let locks = Reflect::get(&window().navigator(), &"locks".into()).ok();
        let locks = locks.and_then(|locks| locks.dyn_into::<Object>().ok());
        let channel = locks.as_ref().and_then(|_| BroadcastChannel::new(NAME).ok());
        Self {
            locks: locks.filter(|_| channel.is_some()),
            channel,
            resign: RefCell::default(),
            candidacy: RefCell::default(),
            is_member: Cell::default(),
        }
    }

    /// Passes the messages of other windows to this one, while it takes part.
    pub(super) fn listen<W: Window + 'static>(&self, owner: &Rc<W>, of: fn(&W) -> &Windows) {
        let Some(channel) = &self.channel else { return };
        let owner = owner.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            let (kind, text) = text.split_once(' ').unwrap_or((&text, ""));
            if of(&owner).is_member.get() {
                owner.clone().receive(kind, text);
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // The listener lives as long as the page.
        on_message.forget();
    }

    /// Sends a message to all other windows.
    pub(super) fn send(&self, kind: &str, text: &str) {
        if let Some(channel) = &self.channel {
            _ = channel.post_message(&format!("{kind} {text}").into());
        }
    }

    /// Returns whether this window takes part.
    pub(super) fn is_member(&self) -> bool {
        self.is_member.get()
    }

    /// Returns whether this window leads.
    pub(super) fn leads(&self) -> bool {
        self.is_member.get() && (self.locks.is_none() || self.resign.borrow().is_some())
    }

    /// Takes part: leads when no other window does. With `by_force` it takes the place of a leader that does not answer.
    pub(super) fn join<W: Window + 'static>(&self, owner: &Rc<W>, of: fn(&W) -> &Windows, by_force: bool) {
        self.withdraw();
        self.is_member.set(true);
        let Some(locks) = &self.locks else { return owner.clone().lead() };
        let granted = {
            let owner = owner.clone();
            // The lock is held until the returned promise is resolved.
            Closure::once_into_js(move |_lock: JsValue| {
                let windows = of(&owner);
                if !windows.is_member.get() {
                    return Promise::resolve(&JsValue::UNDEFINED);
                }
                let held = Promise::new(&mut |resolve, _| _ = windows.resign.replace(Some(resolve)));
                windows.candidacy.take();
                owner.clone().lead();
                held
            })
        };
        let options = Object::new();
        if by_force {
            _ = Reflect::set(&options, &"steal".into(), &true.into());
        } else if let Ok(candidacy) = AbortController::new() {
            _ = Reflect::set(&options, &"signal".into(), &candidacy.signal());
            self.candidacy.replace(Some(candidacy));
        }
        let request =
            Reflect::get(locks, &"request".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
        let arguments = Array::of3(&NAME.into(), &options, &granted);
        let response = request.and_then(|request| request.apply(locks, &arguments).ok());
        let Some(response) = response.and_then(|response| response.dyn_into::<Promise>().ok()) else {
            return owner.clone().lead();
        };
        let owner = owner.clone();
        spawn_local(async move {
            // An error: the request was withdrawn, or another window has taken the lock by force.
            if JsFuture::from(response).await.is_err() {
                let windows = of(&owner);
                if windows.resign.take().is_some() && windows.is_member.get() {
                    owner.clone().follow();
                    windows.join(&owner, of, false);
                }
            }
        });
    }

    /// Takes part no longer: another window may lead.
    pub(super) fn leave(&self) {
        self.is_member.set(false);
        self.withdraw();
    }

    fn withdraw(&self) {
        if let Some(candidacy) = self.candidacy.take() {
            candidacy.abort();
        }
        if let Some(resign) = self.resign.take() {
            _ = resign.call0(&JsValue::UNDEFINED);
        }
    }
}
