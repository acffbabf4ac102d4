//! A key of Azure Key Vault or Managed HSM: `unwrapkey` with `RSA-OAEP-256`, REST of version 2025-07-01.

use std::borrow::Cow;

use clap::Args;
use serde::{Deserialize, Serialize};
use strongroom::{
    base::{InputError, Secret, Thumbprint, base64},
    jose::Question,
};
use ureq::http::Uri;
use zeroize::Zeroizing;

use super::{
    Holder,
    bearer::{BearerService, Ways, Why},
    other_algorithm,
    service::{Names, Response, code_of, is_safe},
};
use crate::failure::{Failure, Outcome};

const OPTION: &str = "--azure-key-vault";
const WAYS: Ways = Ways {
    names: Names {
        service: "Azure Key Vault",
        endpoint: "--azure-endpoint",
    },
    variable: "AZURE_ACCESS_TOKEN",
    right: "the permission unwrapKey",
    token: "az account get-access-token --resource https://vault.azure.net --query accessToken --output tsv",
    enable: "enable this version with `az keyvault key set-attributes --enabled true`",
    restore: "get it back with `az keyvault key recover`",
    name: "the key's identifier: its name and its version",
};
const API: &str = "api-version=2025-07-01";
/// Characters of a version.
const VERSION: usize = 32;

/// Which key.
#[derive(Args)]
pub struct AzureOptions {
    /// Ask Azure Key Vault, by the key's identifier with its version; the access token comes from AZURE_ACCESS_TOKEN
    #[arg(long, group = "factor", value_name = "URL")]
    azure_key_vault: Option<String>,
    /// The address that is asked in place of the vault's: https, or http on this machine
    #[arg(long, value_name = "URL", requires = "azure_key_vault")]
    azure_endpoint: Option<String>,
}

/// A version of a key, and where it is asked.
pub struct AzureKey {
    id: String,
    target: String,
    service: BearerService,
}

#[derive(Serialize)]
struct Unwrap {
    alg: &'static str,
    value: String,
}

#[derive(Deserialize)]
struct Unwrapped<'a> {
    #[serde(borrow)]
    kid: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Refused<'a> {
    #[serde(borrow)]
    error: AzureError<'a>,
}

#[derive(Deserialize)]
struct AzureError<'a> {
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "innerError")]
    innererror: Option<InnerError<'a>>,
}

#[derive(Deserialize)]
struct InnerError<'a> {
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
}

impl AzureKey {
    /// The key that the options name, if they do.
    pub fn given(options: &AzureOptions) -> Outcome<Option<Self>> {
        let new = |id: &str| Self::new(id, options.azure_endpoint.as_deref());
        options.azure_key_vault.as_deref().map(new).transpose()
    }

    fn new(id: &str, endpoint: Option<&str>) -> Outcome<Self> {
        let (vault, path) = places(id).ok_or_else(|| {
            let next = "give it as https://VAULT.vault.azure.net/keys/NAME/VERSION";
            Failure::option(OPTION, "identifier of a key's version", next)
        })?;
        check_host(&vault, endpoint)?;
        Ok(Self {
            id: id.to_owned(),
            target: format!("{path}/unwrapkey?{API}"),
            service: BearerService::at(&WAYS, endpoint, &vault)?,
        })
    }

    /// The bytes in an answer, which counts if it names the key that was asked for.
    fn secret(&self, answer: &[u8]) -> Option<Secret<32>> {
        let answer: Unwrapped<'_> = serde_json::from_slice(answer).ok()?;
        let text = Zeroizing::new(answer.value.into_owned());
        if !self.is_called(&answer.kid) {
            return None;
        }
        let bytes = base64::decode(&text, InputError::Malformed("an answer")).ok()?;
        Secret::from_slice(&Zeroizing::new(bytes)).ok()
    }
}

impl Holder for AzureKey {
    fn option(&self) -> &'static str {
        OPTION
    }

    /// Not asked for: an answer under this name shows that the key is there.
    fn thumbprint(&self) -> Option<&Thumbprint> {
        None
    }

    /// The service compares names without case.
    fn is_called(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(&self.id)
    }

    fn is_kms(&self) -> bool {
        true
    }

    fn answer(&self, question: &Question) -> Outcome<Secret<32>> {
        let Question::RsaOaep { encrypted } = question else {
            return Err(other_algorithm(OPTION, question));
        };
        let unwrap = Unwrap {
            alg: "RSA-OAEP-256",
            value: base64::encode(encrypted),
        };
        let read = |answer: &[u8]| self.secret(answer);
        self.service.ask(&self.target, &unwrap, refusal, read)
    }
}

/// What a refusal is, and its code.
fn refusal(response: &Response) -> (Why, String) {
    let refused = serde_json::from_slice::<Refused<'_>>(&response.body).ok();
    let (code, inner) = refused
        .map(|Refused { error }| (error.code, error.innererror.and_then(|inner| inner.code)))
        .unwrap_or_default();
    let code = inner.or(code).unwrap_or_default();
    let code = code_of(&code);
    let says = |word: &str| code.contains(word);
    let why = match (response.status, code) {
        _ if says("Deleted") => Why::PendingDeletion,
        (403, _) if says("Disabled") || says("NotYetValid") || says("Expired") => Why::Disabled,
        (400, "BadParameter") => Why::WrongKey,
        // What is no answer of the service's: a proxy's, or another server's.
        (403 | 404, "") => Why::Other,
        (status, _) => Why::of_status(status),
    };
    (why, code.to_owned())
}

/// What Azure's hosts end with, in its clouds. An identifier can be copied from an attacker's file: no other host gets the token by it.
const HOSTS: [&str; 6] = [
    ".vault.azure.net",
    ".managedhsm.azure.net",
    ".vault.azure.cn",
    ".managedhsm.azure.cn",
    ".vault.usgovcloudapi.net",
    ".managedhsm.usgovcloudapi.net",
];

/// Whether a vault's address is one of Azure's, or of this machine.
fn is_azures(vault: &str) -> bool {
    let uri = vault.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    let host = host.to_ascii_lowercase();
    matches!(&*host, "127.0.0.1" | "[::1]" | "localhost")
        || HOSTS.iter().any(|end| host.ends_with(end))
}

/// Refuses to send a token to a host that nobody but the identifier names.
fn check_host(vault: &str, endpoint: Option<&str>) -> Outcome<()> {
    if endpoint.is_some() || is_azures(vault) {
        return Ok(());
    }
    let next = "the token would go there; name the host with --azure-endpoint, too, if it is yours";
    Err(Failure::option(
        OPTION,
        "identifier of a key at Azure",
        next,
    ))
}

/// Address of the vault, and the path of a key's version in it.
fn places(id: &str) -> Option<(String, &str)> {
    let uri: Uri = id.parse().ok().filter(is_safe)?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    let vault = format!("{scheme}://{authority}");
    let path = id.strip_prefix(vault.as_str())?;
    let ["", "keys", name, version] = path.split('/').collect::<Vec<_>>()[..] else {
        return None;
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let name_is_one = (1..=127).contains(&name.len()) && name.bytes().all(plain);
    let version_is_one =
        version.len() == VERSION && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    (name_is_one && version_is_one).then_some((vault, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_versions_identifier_is_taken() {
        let version = "0123456789abcdef0123456789abcdef";
        let at = |front: &str| format!("{front}/{version}");
        let id = at("https://acme.vault.azure.net/keys/escrow-1");
        let places_of_it = places(&id).map(|(vault, path)| (vault, path.to_owned()));
        assert_eq!(
            places_of_it,
            Some((
                "https://acme.vault.azure.net".to_owned(),
                at("/keys/escrow-1")
            ))
        );
        assert!(places(&at("http://127.0.0.1:8080/keys/escrow")).is_some());
        for other in [
            at("http://acme.vault.azure.net/keys/escrow"),
            at("https://user@acme.vault.azure.net/keys/escrow"),
            at("https://acme.vault.azure.net/secrets/escrow"),
            at("https://acme.vault.azure.net/keys/escrow/more"),
            at("https://acme.vault.azure.net/keys/.."),
            at("https://acme.vault.azure.net/keys/"),
            "https://acme.vault.azure.net/keys/escrow".to_owned(),
            format!("{id}?api-version=1"),
            format!("{id}/"),
        ] {
            assert!(places(&other).is_none(), "{other}");
        }
    }

    /// An attacker's file can name any host.
    #[test]
    fn no_other_host_gets_the_token_by_an_identifier_alone() {
        let goes = |host: &str, endpoint| {
            let id = format!("https://{host}/keys/escrow/0123456789abcdef0123456789abcdef");
            let (vault, _) = places(&id).expect("an identifier");
            check_host(&vault, endpoint).is_ok()
        };
        for host in [
            "acme.vault.azure.net",
            "ACME.Vault.Azure.Net",
            "acme.managedhsm.azure.net",
            "acme.vault.usgovcloudapi.net",
            "127.0.0.1:8443",
        ] {
            assert!(goes(host, None), "{host}");
        }
        for host in [
            "acme.vault.azure.net.evil.example",
            "evil.example",
            "vault.azure.net",
            "acmevault.azure.net",
            "acme.vault.azure.net.",
        ] {
            assert!(!goes(host, None), "{host}");
            assert!(goes(host, Some("https://relay.acme.example")), "{host}");
        }
    }
}
