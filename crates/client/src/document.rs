use crate::App;
use crate::plain::Outcome;
use crate::theme::Theme;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The addresses of the files that bring the console to life. They are read once: Leptos' own components read them for
/// each page, and panic if no file descriptor is left.
#[derive(Debug, Clone)]
pub struct Assets {
    options: LeptosOptions,
    style: Arc<str>,
    script: Arc<str>,
    wasm: Arc<str>,
}

impl Assets {
    /// Reads by which names browsers ask for the files.
    ///
    /// # Errors
    /// The files are named by their content, and the file of these names can't be read.
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
        // wasm-bindgen's own name, which cargo-leptos changes.
        let bindgen = if option_env!("LEPTOS_OUTPUT_NAME").is_none() { "_bg" } else { "" };
        let (style, script, wasm) = (address("css", ""), address("js", ""), address("wasm", bindgen));
        Self { options, style, script, wasm }
    }
}

/// The file that names the files by their content, if they are named so: beside the program, unless its path is
/// absolute.
pub fn hash_file(options: &LeptosOptions) -> Option<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().map(PathBuf::from).unwrap_or_default();
    options.hash_files.then(|| folder.join(&*options.hash_file))
}

/// The HTML document around the console. The person's theme is in its first byte, so that no page
/// flashes in the other one.
pub fn shell(assets: Assets) -> impl IntoView {
    // Where a form is answered, the browser would bring to life the page of the address, which isn't there.
    let scripts = Outcome::current().is_none().then(|| start(&assets));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=Theme::current().name() data-density=crate::prefs::density()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="description" content="Stockhold keeps an online shop's stock truthful." />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link id="leptos" rel="stylesheet" href=assets.style.to_string() />
                <AutoReload options=assets.options />
                {scripts}
                <MetaTags />
            </head>
            <body data-address=api::document::request_address()>
                <App />
            </body>
        </html>
    }
}

/// Loads the client, and brings the page to life.
fn start(assets: &Assets) -> impl IntoView + use<> {
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
