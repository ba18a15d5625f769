//! Compiles the console's texts, `texts/<language>.ftl`, into one function per key.
//!
//! The files have the syntax of [Project Fluent](https://projectfluent.org/fluent/guide/). English defines the keys and their
//! variables. The build fails if another language lacks a key, has one more, or uses other variables.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The language that defines the keys, and the default one.
const SOURCE: &str = "en";
/// The first of the characters that stand for variables in compiled patterns: of the private use area.
const FIRST_PLACEHOLDER: u32 = 0xE000;
const PLURAL_CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

type Texts = BTreeMap<String, Text>;

/// The type of a variable.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number,
}

/// A text of one language: the variables in the order of their first use, and its pattern.
struct Text {
    variables: Vec<(String, Kind)>,
    pattern: Vec<Part>,
    source: String,
}

enum Part {
    Literal(String),
    Variable(String),
    /// A variable and the pattern of each variant. The last one is the default.
    Select(String, Vec<(String, Vec<Part>)>),
}

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("set by Cargo")).join("texts");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut languages = vec![(SOURCE.to_owned(), read(&folder.join(format!("{SOURCE}.ftl"))))];
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).expect("the folder `texts`").map(|file| file.expect("a file").path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "ftl")) {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        if name != SOURCE {
            let texts = read(file);
            compare(&languages[0].1, &texts, &name);
            languages.push((name, texts));
        }
    }
    let out = env::var("OUT_DIR").expect("set by Cargo");
    fs::write(Path::new(&out).join("texts.rs"), generate(&languages)).expect("written");
    let names: Vec<_> = languages.iter().map(|(name, _)| name.as_str()).collect();
    let codes = format!(
        "/// The codes of the languages, the default one first.\npub const LANGUAGES: [&str; {}] = {names:?};\n",
        names.len()
    );
    fs::write(Path::new(&out).join("languages.rs"), codes).expect("written");
}

fn read(file: &Path) -> Texts {
    println!("cargo::rerun-if-changed={}", file.display());
    let content = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let resource = fluent_syntax::parser::parse(content)
        .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", file.display()));
    let mut texts = Texts::new();
    for entry in resource.body {
        let Entry::Message(Message { id, value: Some(value), .. }) = entry else { continue };
        let mut variables = Vec::new();
        let pattern = parts(&value, &mut variables, &id.name);
        let text = Text { variables, pattern, source: source(&value) };
        assert!(texts.insert(id.name.clone(), text).is_none(), "{}: two texts {}", file.display(), id.name);
    }
    texts
}

fn compare(source: &Texts, other: &Texts, language: &str) {
    let sorted = |text: &Text| {
        let mut names: Vec<_> = text.variables.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    };
    let missing: Vec<_> = source.keys().filter(|key| !other.contains_key(*key)).collect();
    assert!(missing.is_empty(), "texts/{language}.ftl lacks {missing:?}");
    for (key, text) in other {
        let Some(original) = source.get(key) else { panic!("texts/{language}.ftl: {key} is not in English") };
        let allowed = sorted(original);
        let unknown: Vec<_> = sorted(text).into_iter().filter(|name| !allowed.contains(name)).collect();
        assert!(unknown.is_empty(), "texts/{language}.ftl: {key} has {unknown:?}");
    }
}

fn add(variables: &mut Vec<(String, Kind)>, name: &str, kind: Kind) {
    match variables.iter_mut().find(|(other, _)| other == name) {
        Some((_, known)) if kind == Kind::Number => *known = kind,
        Some(_) => {}
        None => variables.push((name.to_owned(), kind)),
    }
}

fn parts(pattern: &Pattern<String>, variables: &mut Vec<(String, Kind)>, key: &str) -> Vec<Part> {
    let part = |element: &PatternElement<String>| match element {
        PatternElement::TextElement { value } => Part::Literal(value.clone()),
        PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
            InlineExpression::StringLiteral { value } => Part::Literal(value.clone()),
            _ => {
                let (name, kind) = variable(inline, key);
                add(variables, &name, kind);
                Part::Variable(name)
            }
        },
        PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
            let (name, _) = variable(selector, key);
            let mut chosen: Vec<_> = Vec::new();
            let is_number = variants.iter().all(|variant| match &variant.key {
                VariantKey::Identifier { name } => PLURAL_CATEGORIES.contains(&name.as_str()),
                VariantKey::NumberLiteral { .. } => true,
            });
            add(variables, &name, if is_number { Kind::Number } else { Kind::Text });
            for variant in variants {
                let label = match &variant.key {
                    VariantKey::Identifier { name } => name.clone(),
                    VariantKey::NumberLiteral { value } => value.clone(),
                };
                let label = if variant.default { "*".to_owned() } else { label };
                chosen.push((label, parts(&variant.value, variables, key)));
            }
            chosen.sort_by_key(|(label, _)| label == "*");
            Part::Select(name, chosen)
        }
    };
    pattern.elements.iter().map(part).collect()
}

/// Returns the variable of `$name` or `NUMBER($name)`.
fn variable(inline: &InlineExpression<String>, key: &str) -> (String, Kind) {
    match inline {
        InlineExpression::VariableReference { id } => (id.name.clone(), Kind::Text),
        InlineExpression::FunctionReference { id, arguments } if id.name == "NUMBER" => {
            (variable(&arguments.positional[0], key).0, Kind::Number)
        }
        other => panic!("{key}: {other:?} is not supported"),
    }
}

/// The text in the file, for the documentation of its function.
fn source(pattern: &Pattern<String>) -> String {
    let resource = fluent_syntax::ast::Resource {
        body: vec![Entry::Message(Message {
            id: fluent_syntax::ast::Identifier { name: "key".to_owned() },
            value: Some(pattern.clone()),
            attributes: Vec::new(),
            comment: None,
        })],
    };
    let text = fluent_syntax::serializer::serialize(&resource);
    text.trim_start_matches("key =").trim().to_owned()
}

fn generate(languages: &[(String, Texts)]) -> String {
    let mut code = String::new();
    let keys: Vec<_> = languages[0].1.keys().map(|key| key.replace('-', "_")).collect();
    writeln!(
        code,
        "\n/// The names of the functions.\n#[cfg(test)]\nstatic KEYS: [&str; {}] = {keys:?};",
        keys.len()
    )
    .expect("written to a string");
    for (key, text) in &languages[0].1 {
        let name = key.replace('-', "_");
        code.push('\n');
        for line in text.source.lines() {
            writeln!(code, "/// `{}`", line.trim().replace('`', "'")).expect("written to a string");
        }
        let in_all = languages.iter().map(|(_, texts)| &texts[key]);
        if text.variables.is_empty() {
            let patterns: Vec<_> = in_all.map(|text| literal(&text.pattern)).collect();
            writeln!(code, "pub fn {name}() -> &'static str {{ pick(&{patterns:?}) }}")
                .expect("written to a string");
            continue;
        }
        let parameters = text.variables.iter().map(|(name, kind)| match kind {
            Kind::Text => format!("{name}: &str"),
            Kind::Number => format!("{name}: impl Into<i64>"),
        });
        let parameters: Vec<_> = parameters.collect();
        writeln!(code, "pub fn {name}({}) -> String {{", parameters.join(", ")).expect("written to a string");
        for (name, _) in text.variables.iter().filter(|(_, kind)| *kind == Kind::Number) {
            writeln!(code, "    let {name} = {name}.into();").expect("written to a string");
        }
        writeln!(code, "    let pattern = match language_index() {{").expect("written to a string");
        for (index, other) in in_all.enumerate().skip(1) {
            writeln!(code, "        {index} => {},", expression(&other.pattern, &text.variables))
                .expect("written to a string");
        }
        writeln!(code, "        _ => {},", expression(&text.pattern, &text.variables))
            .expect("written to a string");
        let values = text.variables.iter().map(|(name, kind)| match kind {
            Kind::Text => name.clone(),
            Kind::Number => format!("&format_integer({name})"),
        });
        let values: Vec<_> = values.collect();
        writeln!(code, "    }};\n    fill(pattern, &[{}])\n}}", values.join(", "))
            .expect("written to a string");
    }
    code
}

fn literal(pattern: &[Part]) -> String {
    pattern.iter().map(|part| if let Part::Literal(text) = part { text.as_str() } else { "" }).collect()
}

/// Returns an expression whose value is the pattern: one `match` per selection, with complete patterns in its arms.
fn expression(pattern: &[Part], variables: &[(String, Kind)]) -> String {
    let Some(at) = pattern.iter().position(|part| matches!(part, Part::Select(..))) else {
        return format!("{:?}", flat(pattern, variables));
    };
    let Part::Select(name, variants) = &pattern[at] else { unreachable!("found above") };
    let is_number = variables.iter().any(|(other, kind)| other == name && *kind == Kind::Number);
    let subject = if is_number { format!("({name}, plural_category({name}))") } else { name.clone() };
    let mut code = format!("match {subject} {{");
    for (label, variant) in variants {
        let whole: Vec<Part> =
            pattern[..at].iter().chain(variant).chain(&pattern[at + 1..]).map(Part::copy).collect();
        let arm = match label.as_str() {
            "*" => "_".to_owned(),
            label if !is_number => format!("{label:?}"),
            label if label.parse::<i64>().is_ok() => format!("({label}, _)"),
            label => format!("(_, {label:?})"),
        };
        write!(code, " {arm} => {},", expression(&whole, variables)).expect("written to a string");
    }
    code + " }"
}

/// Returns a pattern without selections, with a placeholder per variable.
fn flat(pattern: &[Part], variables: &[(String, Kind)]) -> String {
    let text = |part: &Part| match part {
        Part::Literal(text) => text.clone(),
        Part::Variable(name) | Part::Select(name, _) => {
            let index = variables.iter().position(|(other, _)| other == name).expect("compared before");
            char::from_u32(FIRST_PLACEHOLDER + index as u32).expect("few variables").to_string()
        }
    };
    pattern.iter().map(text).collect()
}

impl Part {
    fn copy(&self) -> Self {
        match self {
            Self::Literal(text) => Self::Literal(text.clone()),
            Self::Variable(name) => Self::Variable(name.clone()),
            Self::Select(name, variants) => {
                let copied = variants
                    .iter()
                    .map(|(label, parts)| (label.clone(), parts.iter().map(Self::copy).collect()));
                Self::Select(name.clone(), copied.collect())
            }
        }
    }
}
