use crate::components::icon::Icon;
use crate::on::on_change;
use crate::prefs::{remember, remembered};
use leptos::prelude::*;

const COOKIE: &str = "theme";
const ATTRIBUTE: &str = "data-theme";

/// The colours a person wants: those of their system, or always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in the cookie and in the document's `data-theme`.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => "System theme",
            Self::Light => "Light theme",
            Self::Dark => "Dark theme",
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

    /// The one in force: the server reads the cookie, the browser what the server made of it.
    pub fn current() -> Self {
        if cfg!(feature = "ssr") {
            return Self::named(remembered(COOKIE));
        }
        Self::named(document().document_element().and_then(|html| html.get_attribute(ATTRIBUTE)))
    }

    fn choose(self) {
        if let Some(html) = document().document_element() {
            _ = html.set_attribute(ATTRIBUTE, self.name());
        }
        remember(COOKIE, self.name());
    }
}

/// Lets a person choose between the system's, light and dark colours.
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
            <legend class="visually-hidden">"Colours"</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
    }
}
