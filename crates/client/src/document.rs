use crate::App;
use crate::form_result::FormResult;
use crate::keyboard;
use crate::locale::Locale;
use crate::server_pages::{ConsoleCaller, ServerPage};
use crate::texts;
use crate::theme::Theme;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The addresses of the client's files. They are read once: Leptos' own components read them per page, and panic
/// if no file descriptor is left.
#[derive(Debug, Clone)]
pub struct Assets {
    options: LeptosOptions,
    style: Arc<str>,
    script: Arc<str>,
    wasm: Arc<str>,
}

impl Assets {
    /// Reads the names of the client's files.
    ///
    /// # Errors
    ///
    /// `options.hash_files` is set and the file with the hashes can't be read.
    pub fn read(options: LeptosOptions) -> io::Result<Self> {
        let hashes = match hash_file(&options) {
            Some(path) => std::fs::read_to_string(path)?,
            None => String::new(),
        };
        Ok(Self::named(options, &hashes))
    }

    fn named(options: LeptosOptions, hashes: &str) -> Self {
        let hash = |kind: &str| {
            let pairs = hashes.lines().filter_map(|line| line.split_once(':'));
            pairs.map(|(key, hash)| (key.trim(), hash.trim())).find(|(key, _)| *key == kind)
        };
        let address = |kind: &str, plain: &str| {
            let (folder, name) = (&options.site_pkg_dir, &options.output_name);
            match hash(kind) {
                Some((_, hash)) => format!("/{folder}/{name}.{hash}.{kind}").into(),
                None => format!("/{folder}/{name}{plain}.{kind}").into(),
            }
        };
        // wasm-bindgen's file name; cargo-leptos renames the file.
        let bindgen = if option_env!("LEPTOS_OUTPUT_NAME").is_none() { "_bg" } else { "" };
        let (style, script, wasm) = (address("css", ""), address("js", ""), address("wasm", bindgen));
        Self { options, style, script, wasm }
    }
}

/// Returns the path of the file with the hashes, if file names contain hashes. A relative path starts at the
/// folder of the executable.
pub fn hash_file(options: &LeptosOptions) -> Option<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().map(PathBuf::from).unwrap_or_default();
    options.hash_files.then(|| folder.join(&*options.hash_file))
}

/// Stores the browser's time zone for the server. If the page has another zone, as at a first visit, it is loaded again before
/// anything of it is shown. Without cookies the page keeps its zone.
const ZONE_SCRIPT: &str = "{const z=Intl.DateTimeFormat().resolvedOptions().timeZone,c='browser_zone='+z,has=()=>document.cookie.split('; \
').includes(c);if(z&&!has()){document.cookie=c+'; path=/; max-age=31536000; samesite=lax';if(has()&&document.documentElement.dataset.\
zone!==z)location.reload()}}";

/// The HTML document around the console. It contains the user's theme, so that no page flashes in the other
/// theme.
pub fn shell(assets: Assets) -> impl IntoView {
    // The result of a form is not hydrated: the browser would hydrate it with the page of its address, which has
    // other content. The WASM has no page that only the server renders.
    let page = ServerPage::current();
    let is_hydrated = FormResult::current().is_none() && page.is_none();
    let scripts = is_hydrated.then(|| hydration_script(&assets));
    let guard = page.is_some().then(|| view! { <script nonce=use_nonce()>{UNSAVED_GUARD}</script> });
    // Nobody has signed in to a public page.
    let has_shortcuts = !is_hydrated
        && ConsoleCaller::current().is_some()
        && !page.as_ref().is_some_and(ServerPage::is_public);
    let class = match page {
        _ if is_hydrated => None,
        Some(page) if page.is_public() => Some("static public"),
        _ => Some("static"),
    };
    let locale = Locale::current();
    // A form would be sent again.
    let zone =
        FormResult::current().is_none().then(|| view! { <script nonce=use_nonce()>{ZONE_SCRIPT}</script> });
    view! {
        <!DOCTYPE html>
        <html
            lang=locale.language_code()
            data-numbers=locale.numbers.name
            data-zone=locale.zone.clone()
            data-currency=locale.currency.clone()
            data-theme=Theme::current().name()
            data-density=crate::preferences::density()
            data-forbidden=ConsoleCaller::forbidden_actions()
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                {zone}
                <meta name="description" content=texts::about_stockhold() />
                {guard}
                {has_shortcuts.then(keyboard::script)}
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link id="leptos" rel="stylesheet" href=assets.style.to_string() />
                <AutoReload options=assets.options />
                {scripts}
                <MetaTags />
            </head>
            <body class=class data-address=api::page_request::request_address()>
                <App />
                {ConsoleCaller::view()}
                {has_shortcuts.then(keyboard::dialog)}
            </body>
        </html>
    }
}

/// The script of a page without WASM: it asks before the browser leaves the page with typed work. A filter, which is sent by GET,
/// has no work to lose.
const UNSAVED_GUARD: &str = "let typed=false;\
addEventListener('input',event=>{if(event.target.form?.method==='post')typed=true});\
addEventListener('submit',event=>{if(event.target.method==='post')typed=false});\
addEventListener('beforeunload',event=>{if(typed)event.preventDefault()});";

/// The tags that load the client and hydrate the page.
fn hydration_script(assets: &Assets) -> impl IntoView + use<> {
    let (script, wasm) = (assets.script.to_string(), assets.wasm.to_string());
    let start = format!(
        "import({script:?}).then(client => client.default({{module_or_path: {wasm:?}}}).then(() => client.hydrate()));"
    );
    view! {
        <link rel="modulepreload" href=script />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" nonce=use_nonce()>
            {start}
        </script>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_their_content() {
        let options = LeptosOptions::builder().output_name("stockhold").build();
        let assets = Assets::named(options.clone(), "js: 1\nwasm: 2\n\ncss: 3\n");
        assert_eq!(&*assets.script, "/pkg/stockhold.1.js");
        assert_eq!(&*assets.wasm, "/pkg/stockhold.2.wasm");
        assert_eq!(&*assets.style, "/pkg/stockhold.3.css");
        let assets = Assets::named(options, "");
        assert_eq!(&*assets.script, "/pkg/stockhold.js");
        assert_eq!(&*assets.style, "/pkg/stockhold.css");
    }
}
