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
const TOPICS: [Topic; 9] = [
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
        name: "access",
        title: texts::help_access,
        paragraphs: &[texts::help_access_1, texts::help_access_2],
        page: ("/account", texts::account),
    },
];

/// A page of the help.
#[derive(Debug, Clone)]
pub struct HelpPage(Shown);

#[derive(Debug, Clone)]
enum Shown {
    Contents,
    Topic(usize),
    Unknown,
}

impl HelpPage {
    /// Returns the list of topics.
    pub fn contents() -> Self {
        Self(Shown::Contents)
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
            Shown::Contents => contents(texts::help(), None).into_any(),
            Shown::Unknown => contents(texts::help_unknown(), Some(texts::help_unknown_hint())).into_any(),
            Shown::Topic(index) => topic(&TOPICS[index]).into_any(),
        }
    }
}

fn contents(title: &'static str, hint: Option<&'static str>) -> impl IntoView {
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
        <ul class="help">{topics.collect_view()}</ul>
        <p>
            <a href="/api/docs">{texts::help_api()}</a>
        </p>
    }
}

fn topic(topic: &'static Topic) -> impl IntoView {
    let paragraphs = topic.paragraphs.iter().map(|paragraph| view! { <p>{paragraph()}</p> });
    let (address, label) = topic.page;
    view! {
        <PageHead title=(topic.title)() />
        <div class="help">{paragraphs.collect_view()}</div>
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
}
