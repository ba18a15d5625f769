//! The module tree of a crate, with the names that each module defines, imports and uses.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use syn::{Attribute, Item, UseTree, Visibility};

/// The parsed modules of one target. Module 0 is the root.
pub(crate) struct Crate {
    /// The path of each file, relative to the root's folder.
    pub(crate) files: Vec<String>,
    modules: Vec<Module>,
}

/// One module, inline ones included.
#[derive(Default)]
struct Module {
    file: usize,
    parent: Option<usize>,
    children: HashMap<String, usize>,
    items: HashSet<String>,
    imports: Vec<Import>,
    globs: Vec<Vec<String>>,
    /// Every path in the module's code.
    paths: Vec<Vec<String>>,
}

struct Import {
    name: String,
    path: Vec<String>,
    is_re_export: bool,
}

/// The target of a path.
#[derive(Clone, Copy)]
enum Target {
    Module(usize),
    /// An item that this module defines.
    ItemOf(usize),
}

/// The longest chain of re-exports that is followed.
const RE_EXPORTS_MAX: usize = 16;

impl Crate {
    /// Reads the root file and every file that its `mod` declarations name.
    pub(crate) fn read(root: &Path) -> Self {
        let mut crate_ = Self { files: Vec::new(), modules: Vec::new() };
        let folder = root.parent().expect("a folder");
        crate_.read_file(root, folder, folder, None);
        crate_
    }

    /// Reads a file whose submodules are in `folder`.
    fn read_file(&mut self, path: &Path, folder: &Path, base: &Path, parent: Option<usize>) -> usize {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self.files.push(path.strip_prefix(base).expect("a file of the crate").display().to_string());
        let id = self.add_module(self.files.len() - 1, parent);
        self.read_items(id, syntax.items, folder, base);
        id
    }

    fn add_module(&mut self, file: usize, parent: Option<usize>) -> usize {
        self.modules.push(Module { file, parent, ..Module::default() });
        self.modules.len() - 1
    }

    fn read_items(&mut self, id: usize, items: Vec<Item>, folder: &Path, base: &Path) {
        for item in items {
            match item {
                Item::Mod(module) if is_test(&module.attrs) => drop(module),
                Item::Mod(module) => {
                    let name = module.ident.to_string();
                    let folder = folder.join(&name);
                    let child = match module.content {
                        Some((_, items)) => {
                            let child = self.add_module(self.modules[id].file, Some(id));
                            self.read_items(child, items, &folder, base);
                            child
                        }
                        None => {
                            let file = folder.with_extension("rs");
                            let path = if file.is_file() { file } else { folder.join("mod.rs") };
                            self.read_file(&path, &folder, base, Some(id))
                        }
                    };
                    self.modules[id].children.insert(name, child);
                }
                Item::Use(import) if !is_test(&import.attrs) => {
                    let is_re_export = !matches!(import.vis, Visibility::Inherited);
                    self.modules[id].add_import(&import.tree, &mut Vec::new(), is_re_export);
                }
                item => self.modules[id].add_item(&item),
            }
        }
    }

    /// Returns each use of another file's item: the file, the file that defines the item, and the name.
    pub(crate) fn dependencies(&self) -> Vec<(usize, usize, String)> {
        let mut found = Vec::new();
        for (id, module) in self.modules.iter().enumerate() {
            let imports = module.imports.iter().map(|import| (&import.path, import.is_re_export));
            let paths = module.paths.iter().map(|path| (path, false));
            for (path, is_re_export) in imports.chain(paths) {
                let Some(Target::ItemOf(other)) = self.resolve(id, path, RE_EXPORTS_MAX) else { continue };
                let file = self.modules[other].file;
                if file != module.file && !(is_re_export && self.is_descendant(other, id)) {
                    found.push((module.file, file, path.last().cloned().unwrap_or_default()));
                }
            }
        }
        found
    }

    fn is_descendant(&self, module: usize, ancestor: usize) -> bool {
        std::iter::successors(Some(module), |module| self.modules[*module].parent).any(|id| id == ancestor)
    }

    /// Resolves a path in a module's scope; `None` for other crates and local names.
    fn resolve(&self, from: usize, path: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(0, rest, depth),
            "self" => self.walk(from, rest, depth),
            "super" => self.walk(self.modules[from].parent?, rest, depth),
            _ => self.find(from, path, depth),
        }
    }

    /// Resolves the rest of a path that led to `module`. A name that is not found is one that a macro defines there.
    fn walk(&self, module: usize, path: &[String], depth: usize) -> Option<Target> {
        match path.split_first() {
            None => Some(Target::Module(module)),
            Some((first, rest)) if first == "super" => self.walk(self.modules[module].parent?, rest, depth),
            Some((first, _)) if self.modules[module].imports.iter().any(|import| import.name == *first) => {
                self.find(module, path, depth)
            }
            Some(_) => self.find(module, path, depth).or(Some(Target::ItemOf(module))),
        }
    }

    /// Looks the first name of a path up: children, items, imports, then glob imports.
    fn find(&self, id: usize, path: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let module = &self.modules[id];
        let depth = depth.checked_sub(1)?;
        if let Some(child) = module.children.get(first) {
            return self.walk(*child, rest, depth);
        }
        if module.items.contains(first) {
            return Some(Target::ItemOf(id));
        }
        if let Some(import) = module.imports.iter().find(|import| import.name == *first) {
            // `use serde::Serialize` and the like: the first name is another crate's.
            let is_itself = import.path.first() == Some(first);
            return match if is_itself { None } else { self.resolve(id, &import.path, depth) } {
                Some(Target::Module(module)) => self.walk(module, rest, depth),
                other => other,
            };
        }
        module.globs.iter().find_map(|glob| match self.resolve(id, glob, depth) {
            Some(Target::Module(module)) if module != id => self.find(module, path, depth),
            _ => None,
        })
    }
}

impl Module {
    fn add_import(&mut self, tree: &UseTree, prefix: &mut Vec<String>, is_re_export: bool) {
        let mut add = |name: &str, alias: String| {
            let mut path = prefix.clone();
            if name != "self" {
                path.push(name.to_owned());
            }
            self.imports.push(Import { name: alias, path, is_re_export });
        };
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.add_import(&path.tree, prefix, is_re_export);
                prefix.pop();
            }
            UseTree::Name(name) if name.ident == "self" => {
                add("self", prefix.last().cloned().unwrap_or_default());
            }
            UseTree::Name(name) => add(&name.ident.to_string(), name.ident.to_string()),
            UseTree::Rename(rename) => add(&rename.ident.to_string(), rename.rename.to_string()),
            UseTree::Glob(_) => self.globs.push(prefix.clone()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_import(tree, prefix, is_re_export);
                }
            }
        }
    }

    fn add_item(&mut self, item: &Item) {
        let (attributes, name) = match item {
            Item::Const(item) => (&item.attrs, Some(&item.ident)),
            Item::Enum(item) => (&item.attrs, Some(&item.ident)),
            Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
            Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
            Item::Static(item) => (&item.attrs, Some(&item.ident)),
            Item::Struct(item) => (&item.attrs, Some(&item.ident)),
            Item::Trait(item) => (&item.attrs, Some(&item.ident)),
            Item::Type(item) => (&item.attrs, Some(&item.ident)),
            Item::Union(item) => (&item.attrs, Some(&item.ident)),
            Item::Impl(item) => (&item.attrs, None),
            _ => return,
        };
        if is_test(attributes) {
            return;
        }
        self.items.extend(name.map(ToString::to_string));
        add_paths(item.to_token_stream(), &[], &mut self.paths);
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.meta.to_token_stream().to_string().replace(' ', "") == "cfg(test)")
    })
}

/// Adds every path in the tokens: names joined by `::`, also inside macro calls. Names after a dot are fields and methods.
fn add_paths(tokens: TokenStream, prefix: &[String], paths: &mut Vec<Vec<String>>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_colons = |at: usize| {
        matches!(&tokens[at..], [TokenTree::Punct(first), TokenTree::Punct(second), ..]
            if first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':')
    };
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => add_paths(group.stream(), &[], paths),
            TokenTree::Ident(first) => {
                let is_start = match at.checked_sub(1).map(|before| &tokens[before]) {
                    Some(TokenTree::Punct(punct)) => match punct.as_char() {
                        '.' => {
                            at >= 2
                                && matches!(&tokens[at - 2], TokenTree::Punct(dot) if dot.as_char() == '.')
                        }
                        '\'' | '$' => false,
                        ':' => at < 2 || !is_colons(at - 2),
                        _ => true,
                    },
                    _ => true,
                };
                let mut path = prefix.to_vec();
                path.push(first.to_string());
                let mut group = None;
                while at + 2 < tokens.len() && is_colons(at + 1) {
                    match tokens.get(at + 3) {
                        Some(TokenTree::Ident(next)) => path.push(next.to_string()),
                        Some(TokenTree::Group(names)) if names.delimiter() == Delimiter::Brace => {
                            group = Some(names.stream());
                            at += 3;
                            break;
                        }
                        _ => break,
                    }
                    at += 3;
                }
                match group {
                    Some(names) => add_paths(names, &path, paths),
                    None if is_start => paths.push(path),
                    None => {}
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
}
