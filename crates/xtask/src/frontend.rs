//! Builds the console for the browser: WASM, JavaScript, the style sheet and the assets, in the folder of the server's
//! static files.
//!
//! The settings and the steps are those of cargo-leptos.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::build_cache::{Inputs, files_below};
use crate::cargo::{self, Build};
use crate::progress::{Step, print_line};
use crate::project::{self, Leptos};
use crate::{process, shrink, tools};

/// The kind of build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Fast to build.
    Dev,
    /// Small and fast.
    Release,
}

/// WASM features that rustc uses for this target. wasm-opt needs the list.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The passes of wasm-opt. The second `-Oz` removes another 1 %. Rebuilding the control flow from flat code removes
/// 0.3 %. Sorting functions by name puts similar functions next to each other, so that the compressed file is another
/// 1 % smaller.
const WASM_PASSES: [&str; 6] = ["--flatten", "--rereloop", "-Oz", "-Oz", "-g", "--reorder-functions-by-name"];

/// The extensions of compressed copies of a file. Browsers accept Brotli only over HTTPS and from localhost, gzip
/// always.
const COMPRESSED_EXTENSIONS: [&str; 2] = ["br", "gz"];

/// Writes compressed copies of each file. The server sends them to browsers that accept them.
const COMPRESS: &str = "
    const fs = require('node:fs'), zlib = require('node:zlib');
    for (const file of process.argv.slice(1)) {
        const text = fs.readFileSync(file);
        const params = {
            [zlib.constants.BROTLI_PARAM_QUALITY]: 11,
            [zlib.constants.BROTLI_PARAM_LGWIN]: 24,
            [zlib.constants.BROTLI_PARAM_SIZE_HINT]: text.length,
        };
        fs.writeFileSync(file + '.br', zlib.brotliCompressSync(text, { params }));
        fs.writeFileSync(file + '.gz', zlib.gzipSync(text, { level: 9 }));
    }";

/// The size limit of the WASM as it is sent to the browser, in bytes. The size differs by some hundred bytes between
/// machines, because it contains paths.
const WASM_BYTES_MAX: u64 = 399_000;

/// Prints the size of the WASM as it is sent to the browser. Fails if it exceeds the limit.
pub fn check_size(leptos: &Leptos) -> Result<()> {
    let file = leptos.package().join(format!("{}_bg.wasm.br", leptos.output_name));
    let bytes = fs::metadata(&file).with_context(|| file.display().to_string())?.len();
    print_line(format!("the compressed WASM has {bytes} bytes; the limit is {WASM_BYTES_MAX}"));
    anyhow::ensure!(bytes <= WASM_BYTES_MAX, "the compressed WASM exceeds {WASM_BYTES_MAX} bytes");
    Ok(())
}

/// Builds everything. Steps with build_cache inputs are skipped.
pub fn build(leptos: &Leptos, mode: Mode) -> Result<()> {
    let wasm = compile(leptos, mode)?;
    bindings(leptos, mode, &wasm)?;
    style(leptos, mode)?;
    assets(leptos)?;
    if mode == Mode::Release { add_content_hashes(leptos) } else { Ok(()) }
}

/// The file with the hashes in the names of the files. Leptos reads it.
pub fn hash_file(leptos: &Leptos) -> PathBuf {
    leptos.site().join("hash.txt")
}

/// Puts a content hash into the file names, so that browsers can cache the files without expiry.
fn add_content_hashes(leptos: &Leptos) -> Result<()> {
    let (package, name) = (leptos.package(), &leptos.output_name);
    let mut hashes = String::new();
    for (kind, file) in [("js", "js"), ("wasm", "_bg.wasm"), ("css", "css")] {
        let dot = if kind == "wasm" { "" } else { "." };
        let plain = package.join(format!("{name}{dot}{file}"));
        let mut content = Inputs::new(kind);
        content.add(&plain)?;
        let hash = content.hash();
        for file in files_below(&package)? {
            let old = file.file_name().and_then(|file| file.to_str()).is_some_and(|file| {
                file.strip_prefix(&format!("{name}.")).and_then(|rest| rest.get(16..)).is_some_and(|rest| {
                    rest == format!(".{kind}")
                        || COMPRESSED_EXTENSIONS.iter().any(|twin| rest == format!(".{kind}.{twin}"))
                })
            });
            if old {
                fs::remove_file(&file).with_context(|| file.display().to_string())?;
            }
        }
        for twin in ["", ".br", ".gz"] {
            let from = format!("{}{twin}", plain.display());
            let to = package.join(format!("{name}.{hash}.{kind}{twin}"));
            fs::copy(&from, &to).with_context(|| format!("could not copy {from}"))?;
        }
        hashes.push_str(&format!("{kind}: {hash}\n"));
    }
    let file = hash_file(leptos);
    fs::write(&file, hashes).with_context(|| file.display().to_string())
}

/// Compiles the style sheet.
pub fn style(leptos: &Leptos, mode: Mode) -> Result<()> {
    let source = project::root().join(&leptos.style_file);
    let output = leptos.package().join(format!("{}.css", leptos.output_name));
    let mut inputs = Inputs::new((mode, tools::lock_file_hash(&project::root().join("end2end"))?));
    inputs.add(source.parent().unwrap_or(&source))?;
    inputs.run_if_changed("style", &output, || {
        let step = Step::start("sass: the style sheet");
        let look = if mode == Mode::Release { "--style=compressed" } else { "--style=expanded" };
        process::run_hidden(
            tools::node_program("sass/sass.js").args([look, "--no-source-map"]).arg(&source).arg(&output),
        )?;
        compress(std::slice::from_ref(&output), mode)?;
        step.done("");
        Ok(())
    })?;
    Ok(())
}

fn compile(leptos: &Leptos, mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Dev => leptos.lib_profile_dev.as_deref().unwrap_or("dev"),
        Mode::Release => leptos.lib_profile_release.as_deref().unwrap_or("release"),
    };
    let build = Build {
        title: "cargo: the console for the browser",
        package: &leptos.lib_package,
        binary: None,
        features: &leptos.lib_features,
        default_features: leptos.lib_default_features,
        profile,
        target: Some(cargo::WASM),
    };
    build.run()
}

/// Generates the JavaScript bindings and the final WASM.
fn bindings(leptos: &Leptos, mode: Mode, wasm: &Path) -> Result<()> {
    let package = leptos.package();
    let loaded = package.join(format!("{}_bg.wasm", leptos.output_name));
    let tools = tools::lock_file_hash(&project::root().join("end2end"))?;
    let mut inputs = Inputs::new((mode, tools, WASM_FEATURES, WASM_PASSES));
    inputs.add(wasm)?;
    inputs.run_if_changed("bindings", &loaded, || {
        let step = Step::start("wasm-bindgen: JavaScript for the WASM");
        if package.exists() {
            fs::remove_dir_all(&package).with_context(|| package.display().to_string())?;
        }
        let mut bindgen = Bindgen::new();
        match mode {
            Mode::Dev => bindgen.input_path(wasm),
            Mode::Release => bindgen.input_module(&leptos.output_name, shrink::shrunk(wasm)?),
        };
        let mut output = bindgen
            .out_name(&leptos.output_name)
            .web(true)?
            .typescript(false)
            .debug(mode == Mode::Dev)
            .keep_debug(mode == Mode::Dev)
            .remove_producers_section(mode == Mode::Release)
            .generate_output()?;
        let js = output.js().to_owned();
        let js = match mode {
            Mode::Dev => js,
            Mode::Release => shrink::short_names(output.wasm_mut(), &js)?,
        };
        output.emit(&package)?;
        let script = package.join(format!("{}.js", leptos.output_name));
        fs::write(&script, js).with_context(|| script.display().to_string())?;
        step.done("");
        if mode == Mode::Release {
            optimize(&loaded)?;
        }
        let step = Step::start("brotli, gzip: compressed copies");
        compress(&files_below(&package)?, mode)?;
        step.done("");
        Ok(())
    })?;
    Ok(())
}

fn optimize(wasm: &Path) -> Result<()> {
    let step = Step::start("wasm-opt: a smaller WASM");
    let before = fs::metadata(wasm)?.len();
    // The names are stripped in a separate run: the run that sorts by them writes them.
    for passes in [&WASM_PASSES[..], &["--strip-debug"]] {
        process::run_hidden(
            tools::node_program("binaryen/bin/wasm-opt")
                .args(passes)
                .args(WASM_FEATURES)
                .arg(wasm)
                .arg("-o")
                .arg(wasm),
        )?;
    }
    step.done(&format!("{} kB, from {}", fs::metadata(wasm)?.len() / 1000, before / 1000));
    Ok(())
}

/// Writes compressed copies in a release build, and removes stale copies in a development build.
fn compress(files: &[PathBuf], mode: Mode) -> Result<()> {
    let is_compressed = |file: &&PathBuf| {
        file.extension().is_some_and(|name| COMPRESSED_EXTENSIONS.iter().any(|twin| name == *twin))
    };
    let plain: Vec<_> = files.iter().filter(|file| !is_compressed(file)).collect();
    if mode == Mode::Release {
        return process::run_hidden(Command::new("node").args(["-e", COMPRESS, "--"]).args(plain));
    }
    for (file, twin) in plain.iter().flat_map(|file| COMPRESSED_EXTENSIONS.map(|twin| (file, twin))) {
        let twin = PathBuf::from(format!("{}.{twin}", file.display()));
        if twin.exists() {
            fs::remove_file(&twin).with_context(|| twin.display().to_string())?;
        }
    }
    Ok(())
}

/// Copies the assets.
fn assets(leptos: &Leptos) -> Result<()> {
    let (source, site) = (project::root().join(&leptos.assets_dir), leptos.site());
    let files = files_below(&source)?;
    let mut inputs = Inputs::new(&files);
    for file in &files {
        inputs.add(file)?;
    }
    inputs.run_if_changed("assets", &site, || {
        for file in &files {
            let target = site.join(file.strip_prefix(&source)?);
            fs::create_dir_all(target.parent().unwrap_or(&site))?;
            fs::copy(file, &target).with_context(|| format!("could not copy {}", file.display()))?;
        }
        Ok(())
    })?;
    Ok(())
}
