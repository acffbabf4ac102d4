//! `strongroom vault BACKUP export`: a key's secret, for who has to leave strongroom.

use std::path::{Path, PathBuf};

use clap::Args;
use pollster::block_on;
use strongroom::Error;

use crate::{
    consent,
    factor::FactorOptions,
    failure::{Failure, Outcome},
    governance::Governance,
    output::Output,
    text::{note, quoted, shown_path},
    vault::unlock,
};

/// Writes a key's secret as a JWK
///
/// Whoever reads it can open everything that was encrypted with this version of the key.
#[derive(Args)]
pub struct Export {
    /// The key's alias or id, which may begin with a dash
    #[arg(allow_hyphen_values = true)]
    key: String,
    #[command(flatten)]
    factor: FactorOptions,
    /// Of this version, by its id; otherwise of the primary one
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    version: Option<String>,
    /// The file that is written, which must not be there; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Ask for no consent at the terminal
    #[arg(long)]
    dangerously_without_asking: bool,
    /// Also where a policy cannot be kept here
    #[arg(long)]
    ungoverned: bool,
    /// Why it is exported, where a policy requires a reason
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
}

impl Export {
    /// Exports it.
    pub fn run(&self, backup: &Path) -> Outcome<()> {
        self.factor.take_descriptor()?;
        Output::check(&self.output)?;
        let opened = unlock(backup, &self.factor, self.reason.as_deref())?;
        let vault = &opened.vault;
        let key = block_on(vault.key(&self.key)).map_err(|error| match error {
            Error::NoKey => {
                let next =
                    "give one that `strongroom vault BACKUP list` shows, or use a later backup";
                Failure::option("KEY", "alias or id of a key of this vault", next)
            }
            error => error.into(),
        })?;
        let governance = block_on(Governance::of(vault, core::iter::once(key.id.clone())))?;
        governance.check(self.ungoverned)?;
        let version = self.version.as_deref();
        if let Some(version) = version {
            key.find_version(version).map_err(|_| {
                let next = "give the id of one that `strongroom vault BACKUP list` shows";
                Failure::option("--version", "version of this key", next)
            })?;
        }
        if !self.dangerously_without_asking {
            consent::to_export(key.alias.as_str(), key.id.as_str())?;
        }
        let exported = vault.dangerously_export(key.id.as_str(), version, opened.present.as_ref());
        let jwk = block_on(exported)
            .map_err(|error| opened.why(error))?
            .to_json();
        let mut output = Output::begin(&self.output)?;
        output.write(jwk.as_bytes())?;
        output.finish()?;
        if !Output::is_standard(&self.output) {
            let (alias, path) = (quoted(key.alias.as_str()), shown_path(&self.output));
            note(&format!(
                "strongroom: wrote the secret of {alias} to {path}; delete it when it has served"
            ));
        }
        Ok(())
    }
}
