//! The documentation site: VitePress over `docs`, and an API reference by TypeDoc.

use anyhow::Result;

use crate::{
    build, project,
    run::{command, run, step},
    setup,
};

/// Writes the site to `target/docs`. Whatever TypeDoc or VitePress warns of fails it.
pub fn docs() -> Result<()> {
    setup::for_build()?;
    // TypeDoc reads the sources with their types, those of the generated bindings included.
    build::built()?;
    setup::npm_packages("js")?;
    setup::npm_packages("docs")?;
    step("building the documentation site", || {
        let mut site = command("node", &project::root().join("docs"));
        site.arg(".vitepress/build.mjs")
            .arg(project::target().join("docs"));
        run(&mut site)
    })
}
