use crate::components::cell::{Cell, Tone};
use crate::components::page_head::PageHead;
use crate::components::problem::Refusal;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::csv::{Chunk, chunks};
use crate::fetch::Changes;
use crate::href;
use crate::memo::{Look, derived};
use crate::on::{on_change, on_click};
use crate::text::{count, units};
use api::{ImportLine, ImportOutcome, Problem, rpc};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The most lines that the page shows; the counts tell of all.
const SHOWN: usize = 500;

/// How an upload stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No file is chosen.
    Nothing,
    /// It is being looked at, or done: whether in earnest.
    Going { earnest: bool },
    /// It was looked at.
    Looked,
    /// It was done.
    Done,
}

/// What is known of the file.
#[derive(Clone, Copy)]
struct Upload {
    stage: RwSignal<Stage>,
    chunks: StoredValue<Vec<Chunk>>,
    /// Data lines done, and of how many.
    progress: RwSignal<(usize, usize)>,
    /// Created, updated, unchanged, wrong.
    counts: RwSignal<[i64; 4]>,
    lines: RwSignal<Vec<ImportLine>>,
    problem: RwSignal<Option<Problem>>,
    changes: Changes,
    toasts: Toasts,
}

impl Upload {
    /// Goes through the file chunk by chunk: that is what the progress bar shows.
    async fn go(self, earnest: bool) {
        self.stage.set(Stage::Going { earnest });
        self.counts.set([0; 4]);
        self.lines.set(Vec::new());
        self.problem.set(None);
        let chunks = self.chunks.get_value();
        let total = chunks.iter().map(|chunk| chunk.lines).sum();
        self.progress.set((0, total));
        let mut done = 0;
        for chunk in chunks {
            let report = match rpc::import_items(chunk.text, !earnest, Some(chunk.first_line), None).await {
                Ok(report) => report,
                Err(problem) => {
                    self.problem.try_set(Some(problem));
                    self.stage.try_set(Stage::Looked);
                    return self.changes.mark();
                }
            };
            done += chunk.lines;
            let more = [report.created, report.updated, report.unchanged, report.wrong];
            self.counts.try_update(|counts| counts.iter_mut().zip(more).for_each(|(sum, more)| *sum += more));
            self.lines.try_update(|lines| {
                let told = report.lines.into_iter().filter(|line| line.outcome != ImportOutcome::Unchanged);
                lines.extend(told);
                // What is wrong is what one looks for.
                lines.sort_by_key(|line| (line.outcome != ImportOutcome::Wrong, line.line));
                lines.truncate(SHOWN);
            });
            if self.progress.try_set((done, total)).is_some() {
                // The page was left.
                return;
            }
        }
        self.stage.try_set(if earnest { Stage::Done } else { Stage::Looked });
        if earnest {
            let [created, updated, ..] = self.counts.try_get_untracked().unwrap_or_default();
            self.toasts.done(format!(
                "{} created, {} updated.",
                count(created, "item", "items"),
                units(updated)
            ));
            self.changes.mark();
        }
    }

    fn take(self, text: &str) {
        let chunks = chunks(text);
        if chunks.is_empty() {
            let detail =
                "The file needs a line with the names of its columns, and at least one line below it.";
            self.problem.set(Some(Problem::new(400, "empty_file", "The file holds no lines", detail)));
            return;
        }
        self.chunks.set_value(chunks);
        spawn_local(self.go(false));
    }
}

/// Uploads items and stock as CSV: first what would change and which lines are wrong, then the change.
#[component]
pub fn ImportPage() -> impl IntoView {
    let upload = Upload {
        stage: RwSignal::new(Stage::Nothing),
        chunks: StoredValue::new(Vec::new()),
        progress: RwSignal::new((0, 0)),
        counts: RwSignal::new([0; 4]),
        lines: RwSignal::new(Vec::new()),
        problem: RwSignal::new(None),
        changes: Changes::expect(),
        toasts: Toasts::expect(),
    };
    let node = NodeRef::<html::Input>::new();
    let choose = move |_| {
        let file = node.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        let Some(file) = file else { return };
        spawn_local(async move {
            match wasm_bindgen_futures::JsFuture::from(file.text()).await {
                Ok(text) => upload.take(&text.as_string().unwrap_or_default()),
                Err(_) => {
                    let detail = "The browser could not read the file. Choose it again.";
                    let problem = Problem::new(400, "unreadable_file", "The file could not be read", detail);
                    upload.problem.try_set(Some(problem));
                }
            }
        });
    };
    view! {
        <PageHead title="Upload items and stock" up=("/items", "Items")>
            <a class="button" href="/api/items.csv" rel="external" download="">
                "Download all items"
            </a>
        </PageHead>
        <div class="form form--page">
            <p class="prose">
                "A CSV file whose first line names its columns: "
                <code>"id, name, category, price, quantity, description, warehouse, reason"</code>
                ", those that you need. What has no id is created and needs a name and a price; what has one is changed. Nothing changes before you say so."
            </p>
            <p class="form__about without-script">
                "This page needs JavaScript. The same file can be sent to " <code>"POST /api/items/import"</code> "."
            </p>
            <div class="field">
                <label for="import-file">"CSV file"</label>
                <input
                    id="import-file"
                    node_ref=node
                    class="input"
                    type="file"
                    accept=".csv,text/csv"
                    on:change=on_change(choose)
                />
            </div>
            <Refusal problem=upload.problem />
        </div>
        <When is=move || upload.stage.get() != Stage::Nothing>
            <Report upload />
        </When>
    }
}

const COLUMNS: [Column; 4] = [
    Column::of(Kind::Figure, "", "Line"),
    Column::plain("", "Outcome"),
    Column::of(Kind::Lead, "", "Item"),
    Column::plain("", "What changes, or what is wrong"),
];

#[component]
fn Report(upload: Upload) -> impl IntoView {
    let wrong = move || upload.counts.look(|counts| counts[3]);
    let told = move || {
        let [created, updated, unchanged, wrong] = upload.counts.get();
        let words = match upload.stage.get() {
            Stage::Done => ["created", "updated"],
            _ => ["to create", "to update"],
        };
        format!(
            "{} {}, {} {}, {} unchanged, {} wrong.",
            units(created),
            words[0],
            units(updated),
            words[1],
            units(unchanged),
            units(wrong)
        )
    };
    let going = move || matches!(upload.stage.get(), Stage::Going { .. });
    let can_import = move || {
        let [created, updated, ..] = upload.counts.get();
        upload.stage.get() == Stage::Looked && created + updated > 0
    };
    let label = move || match wrong() {
        0 => "Import".to_owned(),
        wrong => format!("Import without the {}", count(wrong, "wrong line", "wrong lines")),
    };
    let rows = move || upload.lines.get().into_iter().map(row).collect::<Vec<_>>();
    view! {
        <section class="section" aria-labelledby="import-report">
            <header class="section__head">
                <h2 id="import-report">
                    {move || match upload.stage.get() {
                        Stage::Done | Stage::Going { earnest: true } => "Import",
                        _ => "What would change",
                    }}
                </h2>
                <When is=can_import>
                    <button
                        class="button button--primary"
                        type="button"
                        on:click=on_click(move |_| spawn_local(upload.go(true)))
                    >
                        {label}
                    </button>
                </When>
            </header>
            <progress
                class="progress"
                aria-label="Lines gone through"
                max=move || upload.progress.get().1
                value=move || upload.progress.get().0
            ></progress>
            <p class="summary" role="status">
                {move || if going() { "Going through the lines…".to_owned() } else { told() }}
            </p>
            <When is=move || upload.lines.look(|lines| !lines.is_empty())>
                <Table
                    name="import"
                    caption="Lines of the file, wrong ones first"
                    columns=&COLUMNS
                    rows=derived(rows)
                />
            </When>
        </section>
    }
}

fn row(line: ImportLine) -> Row {
    let (label, tone) = match line.outcome {
        ImportOutcome::Create => ("Create", Tone::Good),
        ImportOutcome::Update => ("Update", Tone::Held),
        ImportOutcome::Unchanged => ("Unchanged", Tone::Quiet),
        ImportOutcome::Wrong => ("Wrong", Tone::Bad),
    };
    let change = |change: &api::ImportChange| {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        format!("{}: {} → {}", change.field, text(&change.before), text(&change.after))
    };
    let what = match line.error {
        Some(error) => error,
        None => line.changes.iter().map(change).collect::<Vec<_>>().join("; "),
    };
    let cells = vec![
        Cell::figure(line.line),
        Cell::Badge { label, tone, note: String::new() },
        Cell::Lead {
            text: line.name,
            href: line.item_id.map(href::item).unwrap_or_default(),
            note: String::new(),
        },
        Cell::Text(what),
    ];
    Row { id: line.line, cells }
}
