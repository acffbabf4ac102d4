//! What the relay admits, and where each of it goes: from the configuration alone.

use std::collections::HashMap;

use anyhow::{Result, ensure};
use axum::http::Method;
use url::Url;

const QUERY: &str = "api-version=2025-07-01";

/// The addresses of the service, by method and target to the letter.
pub struct Targets(HashMap<(Method, String), String>);

impl Targets {
    /// Of keys of Azure Key Vault or Managed HSM with their versions.
    pub fn of(keys: &[String]) -> Result<Self> {
        let mut targets = HashMap::new();
        for key in keys {
            let url = Url::parse(key)?;
            let named = is_key(&url, key);
            ensure!(named, "{key} is not https://VAULT/keys/NAME/VERSION");
            for (method, verb) in [(Method::GET, ""), (Method::POST, "/unwrapkey")] {
                let asked = (method, format!("/kms{}{verb}?{QUERY}", url.path()));
                let taken = targets.insert(asked, format!("{key}{verb}?{QUERY}"));
                ensure!(taken.is_none(), "two keys have the path of {key}");
            }
            // The newest version, whichever it is: for whoever asks what a vault is to go over to.
            let newest = |address: &str| {
                let (name, _) = address.rsplit_once('/').unwrap_or_default();
                format!("{name}?{QUERY}")
            };
            let asked = format!("/kms{}", newest(url.path()));
            let before = targets.insert((Method::GET, asked), newest(key));
            ensure!(
                before.is_none_or(|there| there == newest(key)),
                "two keys have the name of {key}"
            );
        }
        Ok(Self(targets))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where a request goes. Nothing is decoded or normalized: another spelling is another target.
    pub fn find(&self, method: &Method, target: &str) -> Option<&str> {
        let asked = (method.clone(), target.to_owned());
        self.0.get(&asked).map(String::as_str)
    }
}

/// As Azure writes it; `http` on this machine alone, for tests.
fn is_key(url: &Url, written: &str) -> bool {
    let local = url.scheme() == "http" && url.host_str() == Some("127.0.0.1");
    let origin = url.origin().ascii_serialization();
    let parts: Vec<_> = url.path().split('/').collect();
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_name = |text: &str| !text.is_empty() && letters(text);
    let is_version = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    (local || url.scheme() == "https")
        && format!("{origin}{}", url.path()) == written
        && matches!(parts[..], ["", "keys", name, version] if is_name(name) && is_version(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "https://acme.vault.azure.net/keys/escrow/0123456789abcdef0123456789abcdef";

    #[test]
    fn only_whole_names_of_keys_are_configured() {
        assert!(Targets::of(&[KEY.into()]).is_ok());
        for wrong in [
            KEY.replace("https", "http"),
            KEY.replace("acme", "user@acme"),
            KEY.replace("/keys", "//keys"),
            KEY.replace("keys", "secrets"),
            KEY.replace("escrow/", "a/../escrow/"),
            KEY.replace("escrow", "esc%72ow"),
            KEY.replace("escrow", "esc_row"),
            KEY.replace("/0123", "/123"),
            KEY.replace("/0123", "/g123"),
            KEY.replace(".net", ".net:443"),
            format!("{KEY}/"),
            format!("{KEY}?api-version=1"),
            format!("{KEY}#"),
            KEY.to_uppercase(),
            "escrow".into(),
        ] {
            assert!(
                Targets::of(std::slice::from_ref(&wrong)).is_err(),
                "{wrong}"
            );
        }
        let later = KEY.replace("0123", "1123");
        assert!(Targets::of(&[KEY.into(), later.clone()]).is_ok());
        for elsewhere in [KEY.replace("acme", "other"), later.replace("acme", "other")] {
            assert!(Targets::of(&[KEY.into(), elsewhere]).is_err());
        }
    }

    #[test]
    fn a_target_counts_to_the_letter() {
        let targets = Targets::of(&[KEY.into()]).expect("a key");
        let path = "/kms/keys/escrow/0123456789abcdef0123456789abcdef";
        let read = format!("{path}?{QUERY}");
        assert_eq!(
            targets.find(&Method::GET, &read),
            Some(format!("{KEY}?{QUERY}").as_str())
        );
        for (method, target) in [
            (Method::POST, read.clone()),
            (Method::HEAD, read.clone()),
            (Method::GET, read.to_uppercase()),
            (Method::GET, format!("{read}&a=b")),
            (Method::GET, path.into()),
            (Method::POST, format!("/kms/keys/escrow?{QUERY}")),
            (Method::GET, format!("/kms/keys?{QUERY}")),
            (Method::GET, format!("/kms/keys/payroll?{QUERY}")),
            (Method::GET, format!("{path}/unwrapkey?{QUERY}")),
        ] {
            assert_eq!(targets.find(&method, &target), None, "{method} {target}");
        }
    }
}
