//! The console's half that runs in the browser: WASM, its JavaScript, the style, the assets, laid into the
//! folder that the server hands out files from.
//!
//! Made by the keys that cargo-leptos reads, and by the same steps.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::cargo::{self, Build};
use crate::progress::{Step, say};
use crate::project::{self, Leptos};
use crate::unchanged::{Inputs, files_below};
use crate::{process, shrink, tools};

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Quick to build.
    Dev,
    /// Small and fast.
    Release,
}

/// What rustc emits for this target beyond the first version of WASM; wasm-opt must be told.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What wasm-opt does: makes it small; once more, for what the first time left, which is a hundredth; and lets
/// functions that were made of the same one stand side by side, which is another hundredth on the way.
const WASM_PASSES: [&str; 4] = ["-Oz", "-Oz", "-g", "--reorder-functions-by-name"];

/// What compressed twins of a file are called. Browsers take Brotli over HTTPS and from their own machine,
/// gzip from anywhere.
const TWINS: [&str; 2] = ["br", "gz"];

/// Writes the twins beside each file, which the server sends to browsers that take them.
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

/// The most bytes that a browser fetches before the console comes to life: its WASM as it is sent.
/// It differs by some hundred bytes between machines, whose paths are in it.
const WASM_BYTES_MAX: u64 = 350_000;

/// Tells how large the WASM is on the way to the browser; an error where it is too large.
pub fn check_size(leptos: &Leptos) -> Result<()> {
    let file = leptos.package().join(format!("{}_bg.wasm.br", leptos.output_name));
    let bytes = fs::metadata(&file).with_context(|| file.display().to_string())?.len();
    say(format!("the WASM is {bytes} bytes on its way to the browser, of at most {WASM_BYTES_MAX}"));
    anyhow::ensure!(bytes <= WASM_BYTES_MAX, "the WASM has grown beyond {WASM_BYTES_MAX} bytes");
    Ok(())
}

/// Builds everything; steps whose inputs have not changed are skipped.
pub fn build(leptos: &Leptos, mode: Mode) -> Result<()> {
    let wasm = compile(leptos, mode)?;
    bindings(leptos, mode, &wasm)?;
    style(leptos, mode)?;
    assets(leptos)?;
    if mode == Mode::Release { name_by_content(leptos) } else { Ok(()) }
}

/// Where it is written by which names browsers ask for the files, as Leptos reads it.
pub fn hash_file(leptos: &Leptos) -> PathBuf {
    leptos.site().join("hash.txt")
}

/// Gives what browsers may keep for ever names of its content: a new build is then fetched at once, and an
/// old one never again.
fn name_by_content(leptos: &Leptos) -> Result<()> {
    let (package, name) = (leptos.package(), &leptos.output_name);
    let mut hashes = String::new();
    for (kind, file) in [("js", "js"), ("wasm", "_bg.wasm"), ("css", "css")] {
        let dot = if kind == "wasm" { "" } else { "." };
        let plain = package.join(format!("{name}{dot}{file}"));
        let mut content = Inputs::new(kind);
        content.add(&plain)?;
        let hash = content.number();
        for file in files_below(&package)? {
            let old = file.file_name().and_then(|file| file.to_str()).is_some_and(|file| {
                file.strip_prefix(&format!("{name}.")).and_then(|rest| rest.get(16..)).is_some_and(|rest| {
                    rest == format!(".{kind}") || TWINS.iter().any(|twin| rest == format!(".{kind}.{twin}"))
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

/// Compiles the style sheet alone.
pub fn style(leptos: &Leptos, mode: Mode) -> Result<()> {
    let source = project::root().join(&leptos.style_file);
    let output = leptos.package().join(format!("{}.css", leptos.output_name));
    let mut inputs = Inputs::new((mode, tools::lock_number(&project::root().join("end2end"))?));
    inputs.add(source.parent().unwrap_or(&source))?;
    inputs.unless_unchanged("style", &output, || {
        let step = Step::start("sass: the style sheet");
        let look = if mode == Mode::Release { "--style=compressed" } else { "--style=expanded" };
        process::run_hidden(
            tools::node_program("sass/sass.js").args([look, "--no-source-map"]).arg(&source).arg(&output),
        )?;
        finish(std::slice::from_ref(&output), mode)?;
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

/// Turns what rustc made into what a browser loads.
fn bindings(leptos: &Leptos, mode: Mode, wasm: &Path) -> Result<()> {
    let package = leptos.package();
    let loaded = package.join(format!("{}_bg.wasm", leptos.output_name));
    let tools = tools::lock_number(&project::root().join("end2end"))?;
    let mut inputs = Inputs::new((mode, tools, WASM_FEATURES, WASM_PASSES));
    inputs.add(wasm)?;
    inputs.unless_unchanged("bindings", &loaded, || {
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
        let step = Step::start("brotli, gzip: for the way to the browser");
        finish(&files_below(&package)?, mode)?;
        step.done("");
        Ok(())
    })?;
    Ok(())
}

fn optimize(wasm: &Path) -> Result<()> {
    let step = Step::start("wasm-opt: a smaller WASM");
    let before = fs::metadata(wasm)?.len();
    // The names go by themselves: what is told to sort by them writes them out again.
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

/// Lays compressed twins beside files that will not change, and takes away those of files that do.
fn finish(files: &[PathBuf], mode: Mode) -> Result<()> {
    let is_twin =
        |file: &&PathBuf| file.extension().is_some_and(|name| TWINS.iter().any(|twin| name == *twin));
    let plain: Vec<_> = files.iter().filter(|file| !is_twin(file)).collect();
    if mode == Mode::Release {
        return process::run_hidden(Command::new("node").args(["-e", COMPRESS, "--"]).args(plain));
    }
    for (file, twin) in plain.iter().flat_map(|file| TWINS.map(|twin| (file, twin))) {
        let twin = PathBuf::from(format!("{}.{twin}", file.display()));
        if twin.exists() {
            fs::remove_file(&twin).with_context(|| twin.display().to_string())?;
        }
    }
    Ok(())
}

/// Copies the assets as they are.
fn assets(leptos: &Leptos) -> Result<()> {
    let (source, site) = (project::root().join(&leptos.assets_dir), leptos.site());
    let files = files_below(&source)?;
    let mut inputs = Inputs::new(&files);
    for file in &files {
        inputs.add(file)?;
    }
    inputs.unless_unchanged("assets", &site, || {
        for file in &files {
            let target = site.join(file.strip_prefix(&source)?);
            fs::create_dir_all(target.parent().unwrap_or(&site))?;
            fs::copy(file, &target).with_context(|| format!("could not copy {}", file.display()))?;
        }
        Ok(())
    })?;
    Ok(())
}
