use super::state::{ConnectionState, LiveUpdates};
use super::windows::{Window, Windows};
use crate::components::time::Clock;
use crate::components::toast::Toasts;
use crate::refetch::RefetchTrigger;
use api::Touched;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent, VisibilityState};

/// The most items whose latest quantity is cached. Beyond it the cache is cleared and all data is fetched again.
const CACHED_ITEMS_MAX: usize = 2_000;

/// The shortest time between two refreshes of the page. A sale can send a thousand changes per second; people
/// can't read more than this.
const APPLY_INTERVAL: Duration = Duration::from_millis(600);
/// The time from the first change after a silence to the refresh: changes that arrive together are applied
/// together.
const BATCH_DELAY: Duration = Duration::from_millis(60);
/// The times from the last change to further refetches. The server caches sums over very many blocks for some
/// tenths of a second, and no sum for more than ten seconds.
const REFETCH_DELAYS: [Duration; 3] =
    [Duration::from_millis(700), Duration::from_secs(2), Duration::from_secs(12)];
/// The time after which a closed stream is opened again.
const RECONNECT_DELAY: Duration = Duration::from_secs(2);
/// The seconds without a message or a heartbeat after which a stream is opened again. The server sends a heartbeat every ten
/// seconds.
const SILENT_SECONDS_MAX: u32 = 20;

struct Stream {
    live: LiveUpdates,
    windows: Windows,
    refetch: RefetchTrigger,
    toasts: Toasts,
    clock: Clock,
    /// The seconds since the last message or heartbeat.
    silent_seconds: Cell<u32>,
    source: RefCell<Option<EventSource>>,
    /// The cursor at which a new stream resumes; `None` before the first message.
    cursor: RefCell<Option<String>>,
    /// Messages that are not applied yet.
    received: RefCell<Vec<api::Changes>>,
    /// Whether a timer for the next [`Stream::apply`] is set.
    scheduled: Cell<bool>,
    /// Whether the last [`Stream::apply`] is less than [`APPLY_INTERVAL`] ago.
    throttled: Cell<bool>,
    /// The number of calls of [`Stream::apply`].
    applied: Cell<u64>,
}

/// Receives the events while the browser tab is visible: from the window that leads, or as the leader from a stream.
pub(super) fn connect(live: LiveUpdates) {
    let stream = Rc::new(Stream {
        live,
        windows: Windows::new(),
        refetch: RefetchTrigger::expect(),
        toasts: Toasts::expect(),
        clock: Clock::expect(),
        silent_seconds: Cell::default(),
        source: RefCell::default(),
        cursor: RefCell::default(),
        received: RefCell::default(),
        scheduled: Cell::default(),
        throttled: Cell::default(),
        applied: Cell::default(),
    });
    stream.windows.listen(&stream, |stream| &stream.windows);
    stream.join(false);
    let watched = stream.clone();
    let online = stream.clone();
    drop(window_event_listener(leptos::ev::online, move |_| online.refetch_failed()));
    // The interval lives as long as the page.
    drop(set_interval_with_handle(move || watched.count_silence(), Duration::from_secs(1)));
    let on_visibility_change = Closure::<dyn Fn()>::new(move || match document().visibility_state() {
        VisibilityState::Hidden => {
            stream.windows.leave();
            stream.close();
        }
        _ if !stream.windows.is_member() && !stream.is_signed_out() => stream.join(false),
        _ => {}
    });
    let function = on_visibility_change.as_ref().unchecked_ref();
    _ = document().add_event_listener_with_callback("visibilitychange", function);
    // The listener lives as long as the page.
    on_visibility_change.forget();
}

impl Stream {
    fn open(self: &Rc<Self>) {
        let after =
            self.cursor.borrow().as_ref().map(|cursor| format!("?after={cursor}")).unwrap_or_default();
        let Ok(source) = EventSource::new(&format!("/api/events/stream{after}")) else { return };
        let stream = self.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                stream.windows.send("changes", &text);
                stream.receive_changes(&text);
            }
        });
        _ = source.add_event_listener_with_callback("changes", on_message.as_ref().unchecked_ref());
        let stream = self.clone();
        let on_heartbeat = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                stream.windows.send("heartbeat", &text);
                stream.receive_heartbeat(&text);
            }
        });
        _ = source.add_event_listener_with_callback("heartbeat", on_heartbeat.as_ref().unchecked_ref());
        let stream = self.clone();
        let on_error = Closure::<dyn Fn(Event)>::new(move |_| stream.reconnect());
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // A page opens few streams, so these listeners are never freed.
        on_message.forget();
        on_heartbeat.forget();
        on_error.forget();
        self.source.replace(Some(source));
    }

    fn close(&self) {
        self.close_source();
        self.live.connection.set(ConnectionState::Connecting);
    }

    fn close_source(&self) {
        if let Some(source) = self.source.take() {
            source.close();
        }
        self.silent_seconds.set(0);
    }

    fn is_signed_out(&self) -> bool {
        self.live.connection.get_untracked() == ConnectionState::SignedOut
    }

    /// Takes part among the windows of the browser, and asks the leader for the state.
    fn join(self: &Rc<Self>, by_force: bool) {
        self.windows.join(self, |stream| &stream.windows, by_force);
        if !self.windows.leads() {
            self.windows.send("hello", "");
        }
    }

    /// Sends the state of the connection to the windows that follow.
    fn send_state(&self) {
        let text = match self.live.connection.get_untracked() {
            ConnectionState::Connected => {
                let cursor = self.cursor.borrow();
                format!("connected {}", cursor.as_deref().unwrap_or_default())
            }
            ConnectionState::Connecting => "connecting".to_owned(),
            ConnectionState::Silent(seconds) => format!("silent {seconds}"),
            ConnectionState::SignedOut => "signed-out".to_owned(),
        };
        self.windows.send("state", &text);
    }

    /// Receives the state of the leader's connection.
    fn receive_state(&self, text: &str) {
        self.silent_seconds.set(0);
        let (state, value) = text.split_once(' ').unwrap_or((text, ""));
        let state = match state {
            "connected" => {
                // Without this cursor, messages were missed.
                if self.cursor.replace(Some(value.to_owned())).as_deref() != Some(value) {
                    self.refetch_all();
                }
                ConnectionState::Connected
            }
            "silent" => ConnectionState::Silent(value.parse().unwrap_or(SILENT_SECONDS_MAX)),
            "signed-out" => {
                self.windows.leave();
                ConnectionState::SignedOut
            }
            _ => ConnectionState::Connecting,
        };
        if self.live.connection.get_untracked() != state {
            self.live.connection.set(state);
        }
    }

    fn receive_heartbeat(&self, text: &str) {
        self.silent_seconds.set(0);
        if let Ok(seconds) = text.parse() {
            self.clock.set_server_seconds(seconds);
        }
        self.refetch_failed();
    }

    /// Fetches all data again if a request has failed.
    fn refetch_failed(&self) {
        if self.live.has_failed.try_update_value(std::mem::take) == Some(true) {
            self.refetch.trigger();
        }
    }

    fn refetch_all(&self) {
        for version in [self.live.catalog, self.live.orders, self.live.stock] {
            version.update(|version| *version += 1);
        }
    }

    /// Counts a second without a message. A stream that is silent for too long is opened again: its connection may be lost
    /// without an error.
    fn count_silence(self: &Rc<Self>) {
        let leads = self.windows.leads();
        if !self.windows.is_member() || self.is_signed_out() || (leads && self.source.borrow().is_none()) {
            return;
        }
        let seconds = self.silent_seconds.get() + 1;
        self.silent_seconds.set(seconds);
        if seconds >= SILENT_SECONDS_MAX && !leads {
            // The leader's window is frozen: a leader without a stream sends its state.
            self.silent_seconds.set(0);
            return self.join(true);
        }
        if seconds >= SILENT_SECONDS_MAX {
            if seconds.is_multiple_of(SILENT_SECONDS_MAX)
                && let Some(source) = self.source.take()
            {
                source.close();
                self.open();
            }
            self.live.connection.set(ConnectionState::Silent(seconds));
        }
        if leads && self.live.connection.get_untracked() != ConnectionState::Connected {
            self.send_state();
        }
    }

    /// Opens a new stream if the browser has given up. It does after a rejection of the server; after other errors
    /// it reconnects by itself. A request tells whether the session has ended, because a stream has no status.
    fn reconnect(self: &Rc<Self>) {
        if self.silent_seconds.get() < SILENT_SECONDS_MAX {
            self.live.connection.set(ConnectionState::Connecting);
        }
        let closed = |source: &EventSource| source.ready_state() == EventSource::CLOSED;
        if !self.source.borrow().as_ref().is_some_and(closed) {
            return;
        }
        self.close();
        let stream = self.clone();
        spawn_local(async move {
            match api::rpc::list_warehouses().await {
                Err(problem) if problem.status == 401 => {
                    stream.live.connection.set(ConnectionState::SignedOut);
                    stream.send_state();
                    stream.windows.leave();
                    stream.toasts.problem(problem);
                }
                _ => set_timeout(
                    move || {
                        if stream.windows.leads() && stream.source.borrow().is_none() {
                            stream.open();
                        }
                    },
                    RECONNECT_DELAY,
                ),
            }
        });
    }

    fn receive_changes(self: &Rc<Self>, text: &str) {
        let Ok(changes) = api::json::from_json::<api::Changes>(text.as_bytes()) else { return };
        let first = self.cursor.replace(Some(changes.cursor.clone())).is_none();
        self.silent_seconds.set(0);
        if self.live.connection.get_untracked() != ConnectionState::Connected {
            self.live.connection.set(ConnectionState::Connected);
            if !first {
                self.refetch_all();
            }
            self.refetch_failed();
        }
        if first {
            // The stream has no changes from the time between the server's rendering and its first message.
            self.live.stock.update(|version| *version += 1);
        }
        if changes.skipped || !changes.events.is_empty() || !changes.touched.is_empty() {
            self.received.borrow_mut().push(changes);
            self.schedule(BATCH_DELAY);
        }
    }

    /// Calls [`Self::apply`] after `delay`, unless a call is scheduled or too recent.
    fn schedule(self: &Rc<Self>, delay: Duration) {
        if self.throttled.get() || self.scheduled.replace(true) {
            return;
        }
        let stream = self.clone();
        set_timeout(move || stream.apply(), delay);
    }

    /// Fetches stock data again after each of [`REFETCH_DELAYS`], unless further changes arrive before.
    fn refetch_later(self: &Rc<Self>) {
        let applied = self.applied.get() + 1;
        self.applied.set(applied);
        for delay in REFETCH_DELAYS {
            let stream = self.clone();
            let refetch = move || {
                if stream.applied.get() == applied {
                    stream.live.stock.update(|version| *version += 1);
                }
            };
            set_timeout(refetch, delay);
        }
    }

    /// Applies all messages received since the last call.
    fn apply(self: &Rc<Self>) {
        self.scheduled.set(false);
        let received = self.received.take();
        if received.is_empty() {
            return;
        }
        let live = self.live;
        let full = live.items.with_untracked(|items| items.len() > CACHED_ITEMS_MAX);
        let touched = |kind| received.iter().any(|changes| changes.touched.contains(&kind));
        if full || touched(Touched::Stock) || received.iter().any(|changes| changes.skipped) {
            live.items.update(|items| items.clear());
            self.refetch.trigger();
        }
        let version = live.stock.get_untracked() + 1;
        live.items.update(|items| {
            for item in received.iter().flat_map(|changes| &changes.items) {
                items.insert(item.item_id, (item.quantity, version));
            }
        });
        live.stock.set(version);
        if touched(Touched::Items) || touched(Touched::Warehouses) || touched(Touched::Blocks) {
            live.catalog.update(|version| *version += 1);
        }
        let mut events = received.iter().flat_map(|changes| &changes.events);
        if touched(Touched::Orders) || events.any(|event| event.order_id.is_some()) {
            live.orders.update(|version| *version += 1);
        }
        self.refetch_later();
        self.throttle();
    }

    /// Prevents the next [`Self::apply`] for [`APPLY_INTERVAL`].
    fn throttle(self: &Rc<Self>) {
        self.throttled.set(true);
        let stream = self.clone();
        set_timeout(
            move || {
                stream.throttled.set(false);
                if !stream.received.borrow().is_empty() {
                    stream.schedule(Duration::ZERO);
                }
            },
            APPLY_INTERVAL,
        );
    }
}

impl Window for Stream {
    fn lead(self: Rc<Self>) {
        if self.source.borrow().is_none() {
            self.open();
        }
    }

    fn follow(self: Rc<Self>) {
        self.close_source();
    }

    fn receive(self: Rc<Self>, kind: &str, text: &str) {
        match kind {
            "changes" => self.receive_changes(text),
            "heartbeat" => self.receive_heartbeat(text),
            "state" => self.receive_state(text),
            "hello" if self.windows.leads() => self.send_state(),
            _ => {}
        }
    }
}
