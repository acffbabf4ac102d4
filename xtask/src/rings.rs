//! Holds the crate's modules to their rings: each names only those before it, tests aside.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use syn::{
    Attribute, File, Item, ItemMod, ItemUse, UseTree,
    visit::{self, Visit},
};
use walkdir::WalkDir;

use crate::project;

/// From the innermost ring to the outermost, as `src/lib.rs` lists them.
const RINGS: [&str; 14] = [
    "base",
    "hazmat",
    "jose",
    "audit",
    "object",
    "store",
    "records",
    "factors",
    "keys",
    "approvals",
    "inventory",
    "vault",
    "api",
    "web",
];

/// The rings that name primitives: the others get what these make of them.
const NAME_HAZMAT: [&str; 8] = [
    "hazmat",
    "jose",
    "audit",
    "object",
    "records",
    "factors",
    "keys",
    "approvals",
];

/// # Errors
/// Names each file that imports outwards, and what.
pub fn check() -> Result<()> {
    let src = project::root().join("src");
    let mut files = Vec::new();
    for entry in WalkDir::new(&src).sort_by_file_name() {
        let path = entry?.into_path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            let file = syn::parse_file(&text).with_context(|| path.display().to_string())?;
            files.push((path.strip_prefix(&src)?.with_extension(""), file));
        }
    }
    let tests: Vec<_> = files
        .iter()
        .flat_map(|(module, file)| test_modules(module, file))
        .collect();
    files.retain(|(module, _)| !tests.iter().any(|test| module.starts_with(test)));

    let mut faults = Vec::new();
    for (module, file) in &files {
        for other in faults_of(module, file) {
            faults.push(format!("src/{}.rs names {other}", module.display()));
        }
    }
    ensure!(
        faults.is_empty(),
        "a ring may name only those before it (src/lib.rs):\n{}",
        faults.join("\n")
    );
    Ok(())
}

/// The modules that a file declares for tests alone, in files of their own.
fn test_modules(module: &Path, file: &File) -> Vec<PathBuf> {
    let folder = match module.file_name() {
        Some(name) if name == "mod" || name == "lib" => module.with_file_name(""),
        _ => module.to_path_buf(),
    };
    let declared = file.items.iter().filter_map(|item| match item {
        Item::Mod(item) if item.content.is_none() && is_test(&item.attrs) => Some(item),
        _ => None,
    });
    declared
        .map(|item| folder.join(item.ident.to_string()))
        .collect()
}

/// The rings that a file must not name, and does. `lib.rs` stands outside of all.
fn faults_of(module: &Path, file: &File) -> Vec<&'static str> {
    let ring = module.iter().next();
    let Some(own) = RINGS
        .iter()
        .position(|name| ring.is_some_and(|ring| ring == *name))
    else {
        return Vec::new();
    };
    let mut named = Named::default();
    named.visit_file(file);
    let is_fault = |at: usize| {
        let hidden = RINGS[at] == "hazmat" && !NAME_HAZMAT.contains(&RINGS[own]);
        named.0.contains(RINGS[at]) && (at > own || hidden)
    };
    (0..RINGS.len())
        .filter(|at| is_fault(*at))
        .map(|at| RINGS[at])
        .collect()
}

/// What follows `crate::` in paths and imports, outside of tests.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl Named {
    fn import(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => drop(self.0.insert(path.ident.to_string())),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree)),
            UseTree::Name(_) | UseTree::Rename(_) | UseTree::Glob(_) => {}
        }
    }
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if let (UseTree::Path(path), false) = (&item.tree, is_test(&item.attrs))
            && path.ident == "crate"
        {
            self.import(&path.tree);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path.segments.iter();
        if let (Some(first), Some(second)) = (segments.next(), segments.next())
            && first.ident == "crate"
        {
            self.0.insert(second.ident.to_string());
        }
        visit::visit_path(self, path);
    }
}

/// Whether an item is compiled for tests alone.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let conditions = attribute.meta.require_list();
        attribute.path().is_ident("cfg")
            && conditions.is_ok_and(|list| {
                let mut tokens = list.tokens.to_string();
                tokens.retain(|c| !c.is_whitespace());
                tokens == "test" || tokens.starts_with("all(test,")
            })
    })
}
