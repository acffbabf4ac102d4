//! `strongroom vault BACKUP list`: what a vault has.

use std::path::Path;

use clap::Args;
use pollster::block_on;
use strongroom::{
    keys::{KeyQuery, KeyRecord},
    vault::FactorInfo,
};

use crate::{
    factor::FactorOptions,
    failure::Outcome,
    governance::Governance,
    text::{line, quoted, time, word},
    vault::{OpenVault, unlock},
};

/// Lists the vault's factors, keys and policies
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    factor: FactorOptions,
}

impl List {
    /// Lists them.
    pub fn run(&self, backup: &Path) -> Outcome<()> {
        self.factor.take_descriptor()?;
        let vault = unlock(backup, &self.factor, None)?.vault;
        line(&format!(
            "vault     {} {}",
            vault.id().as_str(),
            quoted(vault.name().as_str())
        ))?;
        line(&format!("identity  {}", vault.identity()?.as_str()))?;
        for factor in block_on(vault.factors())? {
            line(&format!("factor    {}", described(&factor)))?;
        }
        let mut governance = block_on(Governance::of(&vault, core::iter::empty()))?;
        list_keys(&vault, &mut governance)?;
        for policy in &governance.policies {
            line(policy)?;
        }
        Ok(())
    }
}

fn described(factor: &FactorInfo) -> String {
    let mut text = format!("{} {}", word(&factor.kind), factor.id.as_str());
    if let Some(name) = &factor.name {
        text = format!("{text} {}", quoted(name.as_str()));
    }
    if let Some(key) = &factor.key {
        text = format!("{text}, opened by {}", key.thumbprint.as_str());
    }
    text
}

/// All keys, a page at a time.
fn list_keys(vault: &OpenVault, governance: &mut Governance) -> Outcome<()> {
    let mut query = KeyQuery {
        destroyed: true,
        ..KeyQuery::default()
    };
    loop {
        let page = block_on(vault.list_keys(&query))?;
        for info in &page.keys {
            list_key(&info.key)?;
            governance.add_key(&info.key);
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(());
        }
    }
}

fn list_key(key: &KeyRecord) -> Outcome<()> {
    let alias = quoted(key.alias.as_str());
    line(&format!(
        "key       {} {} {alias}",
        key.id.as_str(),
        key.purpose.as_str()
    ))?;
    for version in &key.versions {
        let primary = if version.id == key.primary {
            ", primary"
        } else {
            ""
        };
        line(&format!(
            "  version {} {} {}, {}{primary}",
            version.number,
            version.id.as_str(),
            version.state.as_str(),
            time(version.created)
        ))?;
    }
    Ok(())
}
