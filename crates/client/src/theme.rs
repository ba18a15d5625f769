use crate::components::icon::Icon;
use crate::cookies::{cookie, set_cookie};
use crate::event_handlers::on_change;
use crate::texts;
use leptos::prelude::*;

const COOKIE: &str = "theme";
const ATTRIBUTE: &str = "data-theme";

/// The colour theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// The theme of the operating system.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Returns the theme's name in the cookie and in the document's `data-theme` attribute.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => texts::theme_system(),
            Self::Light => texts::theme_light(),
            Self::Dark => texts::theme_dark(),
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::System => Icon::Monitor,
            Self::Light => Icon::Sun,
            Self::Dark => Icon::Moon,
        }
    }

    fn named(name: Option<String>) -> Self {
        Self::ALL.into_iter().find(|theme| Some(theme.name()) == name.as_deref()).unwrap_or(Self::System)
    }

    /// Returns the current theme. The server reads the cookie; the browser reads the document's attribute.
    pub fn current() -> Self {
        if cfg!(feature = "ssr") {
            return Self::named(cookie(COOKIE));
        }
        Self::named(document().document_element().and_then(|html| html.get_attribute(ATTRIBUTE)))
    }

    fn choose(self) {
        if let Some(html) = document().document_element() {
            _ = html.set_attribute(ATTRIBUTE, self.name());
        }
        set_cookie(COOKIE, self.name());
    }
}

/// A choice between the themes.
#[component]
pub fn ThemePicker() -> impl IntoView {
    let current = Theme::current();
    let choices = Theme::ALL.map(|theme| {
        view! {
            <label class="theme__choice" title=theme.label()>
                <input
                    class="visually-hidden"
                    type="radio"
                    name="theme"
                    value=theme.name()
                    checked=theme == current
                    on:change=on_change(move |_| theme.choose())
                />
                {theme.icon().view()}
                <span class="visually-hidden">{theme.label()}</span>
            </label>
        }
    });
    view! {
        <fieldset class="theme">
            <legend class="visually-hidden">{texts::theme()}</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
    }
}
