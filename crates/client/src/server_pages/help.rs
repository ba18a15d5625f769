//! The help: a page per concept.

use crate::components::page_head::PageHead;
use crate::texts;
use leptos::prelude::*;

type Words = fn() -> &'static str;

/// A concept.
struct Topic {
    /// The last part of its address.
    name: &'static str,
    title: Words,
    paragraphs: &'static [Words],
    /// The address and the label of the page of the console where it is used.
    page: (&'static str, Words),
}

/// The topics, in the order in which a new person needs them.
const TOPICS: [Topic; 13] = [
    Topic {
        name: "start",
        title: texts::help_start,
        paragraphs: &[texts::help_start_1, texts::help_start_2, texts::help_start_3, texts::help_start_4],
        page: ("/warehouses", texts::warehouses),
    },
    Topic {
        name: "stock",
        title: texts::help_stock,
        paragraphs: &[texts::help_stock_1, texts::help_stock_2, texts::help_stock_3, texts::help_stock_4],
        page: ("/items", texts::items),
    },
    Topic {
        name: "holds",
        title: texts::help_holds,
        paragraphs: &[texts::help_holds_1, texts::help_holds_2, texts::help_holds_3],
        page: ("/blocks", texts::holds),
    },
    Topic {
        name: "carts",
        title: texts::help_carts,
        paragraphs: &[texts::help_carts_1, texts::help_carts_2],
        page: ("/carts", texts::carts),
    },
    Topic {
        name: "orders",
        title: texts::help_orders,
        paragraphs: &[texts::help_orders_1, texts::help_orders_2, texts::help_orders_3],
        page: ("/orders", texts::orders),
    },
    Topic {
        name: "queue",
        title: texts::help_queue,
        paragraphs: &[texts::help_queue_1, texts::help_queue_2],
        page: ("/orders", texts::orders),
    },
    Topic {
        name: "warehouses",
        title: texts::help_warehouses,
        paragraphs: &[texts::help_warehouses_1, texts::help_warehouses_2],
        page: ("/warehouses", texts::warehouses),
    },
    Topic {
        name: "imports",
        title: texts::help_imports,
        paragraphs: &[texts::help_imports_1, texts::help_imports_2],
        page: ("/imports", texts::imports),
    },
    Topic {
        name: "documents",
        title: texts::help_documents,
        paragraphs: &[texts::help_documents_1, texts::help_documents_2, texts::help_documents_3],
        page: ("/stock", texts::drafts),
    },
    Topic {
        name: "notifications",
        title: texts::help_notifications,
        paragraphs: &[texts::help_notifications_1, texts::help_notifications_2],
        page: ("/notifications", texts::notifications),
    },
    Topic {
        name: "webhooks",
        title: texts::help_webhooks,
        paragraphs: &[texts::help_webhooks_1, texts::help_webhooks_2],
        page: ("/webhooks", texts::webhooks),
    },
    Topic {
        name: "settings",
        title: texts::help_settings,
        paragraphs: &[texts::help_settings_1, texts::help_settings_2],
        page: ("/settings", texts::settings),
    },
    Topic {
        name: "access",
        title: texts::help_access,
        paragraphs: &[texts::help_access_1, texts::help_access_2],
        page: ("/account", texts::account),
    },
];

/// The topic of each section of the console, by the beginning of its address.
const SECTIONS: [(&str, &str); 19] = [
    ("account", "access"),
    ("archive", "stock"),
    ("audit", "access"),
    ("blocks", "holds"),
    ("carts", "carts"),
    ("categories", "stock"),
    ("changes", "stock"),
    ("clients", "access"),
    ("imports", "imports"),
    ("items", "stock"),
    ("movements", "stock"),
    ("notifications", "notifications"),
    ("orders", "orders"),
    ("people", "access"),
    ("refusals", "queue"),
    ("settings", "settings"),
    ("stock", "documents"),
    ("warehouses", "warehouses"),
    ("webhooks", "webhooks"),
];

/// A page of the help.
#[derive(Debug, Clone)]
pub struct HelpPage(Shown);

#[derive(Debug, Clone)]
enum Shown {
    /// All topics, below the one of the page from which the person came.
    Contents(Option<usize>),
    Topic(usize),
    Unknown,
}

impl HelpPage {
    /// Returns the list of topics. `from` is the path of the page from which the person came.
    pub fn contents(from: Option<&str>) -> Self {
        let section = from.and_then(|path| path.trim_start_matches('/').split('/').next());
        let name = section.and_then(|section| SECTIONS.iter().find(|(known, _)| *known == section));
        Self(Shown::Contents(name.and_then(|(_, name)| TOPICS.iter().position(|topic| topic.name == *name))))
    }

    /// Returns the page of a topic.
    pub fn topic(name: &str) -> Self {
        Self(TOPICS.iter().position(|topic| topic.name == name).map_or(Shown::Unknown, Shown::Topic))
    }

    /// Returns whether the topic exists.
    pub fn is_known(&self) -> bool {
        !matches!(self.0, Shown::Unknown)
    }

    pub(crate) fn view(self) -> impl IntoView {
        match self.0 {
            Shown::Contents(here) => {
                contents(texts::help(), None, here.map(|index| &TOPICS[index])).into_any()
            }
            Shown::Unknown => {
                contents(texts::help_unknown(), Some(texts::help_unknown_hint()), None).into_any()
            }
            Shown::Topic(index) => topic(&TOPICS[index]).into_any(),
        }
    }
}

fn contents(title: &'static str, hint: Option<&'static str>, here: Option<&'static Topic>) -> impl IntoView {
    let here = here.map(|topic| {
        view! {
            <section class="panel help" aria-labelledby="here">
                <h2 id="here">{format!("{}: {}", texts::help_here(), (topic.title)())}</h2>
                {paragraphs(topic)}
            </section>
        }
    });
    let topics = TOPICS.iter().map(|topic| {
        view! {
            <li>
                <a href=format!("/help/{}", topic.name)>{(topic.title)()}</a>
                <p class="muted">{(topic.paragraphs[0])()}</p>
            </li>
        }
    });
    view! {
        <PageHead title />
        {hint.map(|hint| view! { <p>{hint}</p> })}
        {here}
        <ul class="help">{topics.collect_view()}</ul>
        <p>
            <a href="/api/docs">{texts::help_api()}</a>
        </p>
    }
}

fn paragraphs(topic: &'static Topic) -> impl IntoView {
    topic.paragraphs.iter().map(|paragraph| view! { <p>{paragraph()}</p> }).collect_view()
}

fn topic(topic: &'static Topic) -> impl IntoView {
    let (address, label) = topic.page;
    view! {
        <PageHead title=(topic.title)() />
        <div class="help">{paragraphs(topic)}</div>
        <p>
            <a class="button" href=address>
                {texts::help_open(label())}
            </a>
            " "
            <a href="/help">{texts::help_all()}</a>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_has_an_address_of_its_own() {
        for (index, topic) in TOPICS.iter().enumerate() {
            assert!(matches!(HelpPage::topic(topic.name).0, Shown::Topic(found) if found == index));
        }
        assert!(!HelpPage::topic("nothing").is_known());
    }

    #[test]
    fn each_section_has_a_topic() {
        for (section, topic) in SECTIONS {
            let Shown::Contents(Some(found)) = HelpPage::contents(Some(&format!("/{section}/7"))).0 else {
                panic!("{section} has no topic");
            };
            assert_eq!(TOPICS[found].name, topic);
        }
        for path in ["/", "/help", "/nothing"] {
            assert!(matches!(HelpPage::contents(Some(path)).0, Shown::Contents(None)), "{path}");
        }
    }
}
