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
                lines.extend(report.lines);
                cut(lines);
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
    let choose = move || {
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
    // A file may have been chosen before the page came to life.
    Effect::new(move |_| choose());
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
            <form class="field" method="post" action="/forms/import_items" enctype="multipart/form-data">
                <label for="import-file">"CSV file"</label>
                <input
                    id="import-file"
                    node_ref=node
                    class="input"
                    type="file"
                    name="file"
                    required
                    accept=".csv,text/csv"
                    on:change=on_change(move |_| choose())
                />
                <p class="without-script">
                    <button class="button">"Look at what would change"</button>
                </p>
            </form>
            <Refusal problem=upload.problem />
        </div>
        <When is=move || upload.stage.get() != Stage::Nothing>
            <Report upload />
        </When>
    }
}

/// What the table of a file's lines shows.
pub(crate) const CAPTION: &str = "Lines of the file, wrong ones first";

/// Its columns.
pub(crate) const COLUMNS: [Column; 4] = [
    Column::of(Kind::Figure, "", "Line"),
    Column::plain("", "Outcome"),
    Column::of(Kind::Lead, "", "Item"),
    Column::of(Kind::Words, "", "What changes, or what is wrong"),
];

/// Leaves of a file's lines those that are shown: what is wrong, for that is what one looks for, then what
/// changes.
pub(crate) fn cut(lines: &mut Vec<ImportLine>) {
    lines.retain(|line| line.outcome != ImportOutcome::Unchanged);
    lines.sort_by_key(|line| (line.outcome != ImportOutcome::Wrong, line.line));
    lines.truncate(SHOWN);
}

/// What became of the lines, or would: how many created, updated, unchanged, wrong.
pub(crate) fn told([created, updated, unchanged, wrong]: [i64; 4], done: bool) -> String {
    let words = if done { ["created", "updated"] } else { ["to create", "to update"] };
    format!(
        "{} {}, {} {}, {} unchanged, {} wrong.",
        units(created),
        words[0],
        units(updated),
        words[1],
        units(unchanged),
        units(wrong)
    )
}

/// What the button says that imports a file with so many wrong lines.
pub(crate) fn label(wrong: i64) -> String {
    match wrong {
        0 => "Import".to_owned(),
        wrong => format!("Import without the {}", count(wrong, "wrong line", "wrong lines")),
    }
}

#[component]
fn Report(upload: Upload) -> impl IntoView {
    let told = move || told(upload.counts.get(), upload.stage.get() == Stage::Done);
    let going = move || matches!(upload.stage.get(), Stage::Going { .. });
    let can_import = move || {
        let [created, updated, ..] = upload.counts.get();
        upload.stage.get() == Stage::Looked && created + updated > 0
    };
    let label = move || label(upload.counts.look(|counts| counts[3]));
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
                    caption=CAPTION
                    columns=&COLUMNS
                    rows=derived(rows)
                />
            </When>
        </section>
    }
}

/// A line of a file as a row.
pub(crate) fn row(line: ImportLine) -> Row {
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
    // What is changed by its id need not say its name.
    let text = match line.item_id {
        Some(id) if line.name.is_empty() => format!("Item {id}"),
        _ => line.name,
    };
    let cells = vec![
        Cell::figure(line.line),
        Cell::Badge { label, tone, note: String::new() },
        Cell::Lead { text, href: line.item_id.map(href::item).unwrap_or_default(), note: String::new() },
        Cell::Text(what),
    ];
    Row { id: line.line, cells }
}
