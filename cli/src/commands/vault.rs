//! `strongroom vault`: what is done with a whole backup.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{export::Export, list::List};
use crate::failure::Outcome;

/// Works on a vault's backup
#[derive(Args)]
pub struct Vault {
    /// The backup's file
    backup: PathBuf,
    #[command(subcommand)]
    command: Box<VaultCommand>,
}

#[derive(Subcommand)]
enum VaultCommand {
    List(List),
    Export(Export),
}

impl Vault {
    /// Does it.
    pub fn run(&self) -> Outcome<()> {
        match self.command.as_ref() {
            VaultCommand::List(list) => list.run(&self.backup),
            VaultCommand::Export(export) => export.run(&self.backup),
        }
    }
}
