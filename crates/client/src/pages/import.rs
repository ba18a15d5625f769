use crate::components::cell::{Cell, Tone};
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemAlert;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::components::toast::Toasts;
use crate::csv::{Chunk, chunks};
use crate::event_handlers::{on_change, on_click};
use crate::format::{format_count, format_integer};
use crate::href;
use crate::memo::derived;
use crate::refetch::RefetchTrigger;
use api::{ImportLine, ImportOutcome, Problem, rpc};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The most lines that the page shows. The counts include all lines.
const LINES_SHOWN_MAX: usize = 500;

/// The state of an upload.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No file is chosen.
    NoFile,
    /// The dry run or the import is running.
    Running { dry_run: bool },
    /// The dry run is finished.
    Previewed,
    /// The import is finished.
    Done,
}

/// The chosen file and the state of its upload.
#[derive(Clone, Copy)]
struct Upload {
    stage: RwSignal<Stage>,
    chunks: StoredValue<Vec<Chunk>>,
    /// The number of processed data lines, and of all data lines.
    progress: RwSignal<(usize, usize)>,
    /// The numbers of created, updated, unchanged and wrong lines.
    counts: RwSignal<[i64; 4]>,
    lines: RwSignal<Vec<ImportLine>>,
    problem: RwSignal<Option<Problem>>,
    refetch: RefetchTrigger,
    toasts: Toasts,
}

impl Upload {
    /// Sends the file in chunks, so that the progress bar advances.
    async fn run(self, dry_run: bool) {
        self.stage.set(Stage::Running { dry_run });
        self.counts.set([0; 4]);
        self.lines.set(Vec::new());
        self.problem.set(None);
        let chunks = self.chunks.get_value();
        let total = chunks.iter().map(|chunk| chunk.lines).sum();
        self.progress.set((0, total));
        let mut done = 0;
        for chunk in chunks {
            let report = match rpc::import_items(chunk.text, dry_run, Some(chunk.first_line), None).await {
                Ok(report) => report,
                Err(problem) => {
                    self.problem.try_set(Some(problem));
                    self.stage.try_set(Stage::Previewed);
                    return self.refetch.trigger();
                }
            };
            done += chunk.lines;
            let more = [report.created, report.updated, report.unchanged, report.wrong];
            self.counts.try_update(|counts| counts.iter_mut().zip(more).for_each(|(sum, more)| *sum += more));
            self.lines.try_update(|lines| {
                lines.extend(report.lines);
                select_shown(lines);
            });
            if self.progress.try_set((done, total)).is_some() {
                // The page has been left.
                return;
            }
        }
        self.stage.try_set(if dry_run { Stage::Previewed } else { Stage::Done });
        if !dry_run {
            let [created, updated, ..] = self.counts.try_get_untracked().unwrap_or_default();
            self.toasts.done(format!(
                "{} created, {} updated.",
                format_count(created, "item", "items"),
                format_integer(updated)
            ));
            self.refetch.trigger();
        }
    }

    fn start(self, text: &str) {
        let chunks = chunks(text);
        if chunks.is_empty() {
            let detail =
                "The file needs a header line with the column names, and at least one line below it.";
            self.problem.set(Some(Problem::new(400, "empty_file", "The file has no lines", detail)));
            return;
        }
        self.chunks.set_value(chunks);
        spawn_local(self.run(true));
    }
}

/// The upload of items and stock as CSV. A dry run shows the changes and the wrong lines before the import.
#[component]
pub fn ImportPage() -> impl IntoView {
    let upload = Upload {
        stage: RwSignal::new(Stage::NoFile),
        chunks: StoredValue::new(Vec::new()),
        progress: RwSignal::new((0, 0)),
        counts: RwSignal::new([0; 4]),
        lines: RwSignal::new(Vec::new()),
        problem: RwSignal::new(None),
        refetch: RefetchTrigger::expect(),
        toasts: Toasts::expect(),
    };
    let node = NodeRef::<html::Input>::new();
    let choose = move || {
        let file = node.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        let Some(file) = file else { return };
        spawn_local(async move {
            match wasm_bindgen_futures::JsFuture::from(file.text()).await {
                Ok(text) => upload.start(&text.as_string().unwrap_or_default()),
                Err(_) => {
                    let detail = "The browser could not read the file. Choose it again.";
                    let problem = Problem::new(400, "unreadable_file", "The file could not be read", detail);
                    upload.problem.try_set(Some(problem));
                }
            }
        });
    };
    // A file may have been chosen before hydration.
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
                ". Leave out the columns that you don't need. A line without an id creates an item and needs a name and a price; a line with an id changes that item. Nothing changes until you confirm the preview."
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
                <p class="no-script">
                    <button class="button">"Preview the changes"</button>
                </p>
            </form>
            <ProblemAlert problem=upload.problem />
        </div>
        <Show when=move || upload.stage.get() != Stage::NoFile>
            <Report upload />
        </Show>
    }
}

/// The caption of the table of lines.
pub(crate) const CAPTION: &str = "Lines of the file, wrong ones first";

/// The columns of the table of lines.
pub(crate) const COLUMNS: [Column; 4] = [
    Column::of(ColumnKind::Figure, "", "Line"),
    Column::text("", "Outcome"),
    Column::of(ColumnKind::RowHeader, "", "Item"),
    Column::of(ColumnKind::LongText, "", "Changes or errors"),
];

/// Reduces a file's lines to the ones that are shown: wrong lines first, then changes.
pub(crate) fn select_shown(lines: &mut Vec<ImportLine>) {
    lines.retain(|line| line.outcome != ImportOutcome::Unchanged);
    lines.sort_by_key(|line| (line.outcome != ImportOutcome::Wrong, line.line));
    lines.truncate(LINES_SHOWN_MAX);
}

/// Formats the counts of created, updated, unchanged and wrong lines.
pub(crate) fn summary([created, updated, unchanged, wrong]: [i64; 4], done: bool) -> String {
    let words = if done { ["created", "updated"] } else { ["to create", "to update"] };
    format!(
        "{} {}, {} {}, {} unchanged, {} wrong.",
        format_integer(created),
        words[0],
        format_integer(updated),
        words[1],
        format_integer(unchanged),
        format_integer(wrong)
    )
}

/// Returns the label of the import button for this number of wrong lines.
pub(crate) fn button_label(wrong: i64) -> String {
    match wrong {
        0 => "Import".to_owned(),
        wrong => format!("Import without the {}", format_count(wrong, "wrong line", "wrong lines")),
    }
}

#[component]
fn Report(upload: Upload) -> impl IntoView {
    let counts_text = move || summary(upload.counts.get(), upload.stage.get() == Stage::Done);
    let running = move || matches!(upload.stage.get(), Stage::Running { .. });
    let can_import = move || {
        let [created, updated, ..] = upload.counts.get();
        upload.stage.get() == Stage::Previewed && created + updated > 0
    };
    let label = move || button_label(upload.counts.with(|counts| counts[3]));
    let rows = move || upload.lines.get().into_iter().map(row).collect::<Vec<_>>();
    view! {
        <section class="section" aria-labelledby="import-report">
            <header class="section__head">
                <h2 id="import-report">
                    {move || match upload.stage.get() {
                        Stage::Done | Stage::Running { dry_run: false } => "Import",
                        _ => "Preview of the changes",
                    }}
                </h2>
                <Show when=can_import>
                    <button
                        class="button button--primary"
                        type="button"
                        on:click=on_click(move |_| spawn_local(upload.run(false)))
                    >
                        {label}
                    </button>
                </Show>
            </header>
            <progress
                class="progress"
                aria-label="Processed lines"
                max=move || upload.progress.get().1
                value=move || upload.progress.get().0
            ></progress>
            <p class="summary" role="status">
                {move || if running() { "Processing the lines…".to_owned() } else { counts_text() }}
            </p>
            <Show when=move || upload.lines.with(|lines| !lines.is_empty())>
                <Table
                    name="import"
                    caption=CAPTION
                    columns=&COLUMNS
                    rows=derived(rows)
                />
            </Show>
        </section>
    }
}

/// Returns a file's line as a table row.
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
    // A line that updates an item by its id may leave out the name.
    let text = match line.item_id {
        Some(id) if line.name.is_empty() => format!("Item {id}"),
        _ => line.name,
    };
    let cells = vec![
        Cell::figure(line.line),
        Cell::Badge { label, tone, note: String::new() },
        Cell::RowHeader { text, href: line.item_id.map(href::item).unwrap_or_default(), note: String::new() },
        Cell::Text(what),
    ];
    Row { id: line.line, cells }
}
