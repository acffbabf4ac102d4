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
    bearer_answer::{Ways, Why, refused},
    other_algorithm,
    service::{Call, Names, Refusal, Response, Service, bearer, code_of, is_safe},
};
use crate::failure::{Failure, Outcome};

const OPTION: &str = "--azure-key-vault";
const TOKEN: &str = "AZURE_ACCESS_TOKEN";
const NAMES: Names = Names {
    service: "Azure Key Vault",
    endpoint: "--azure-endpoint",
};
const WAYS: Ways = Ways {
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
    service: Service,
    bearer: Zeroizing<String>,
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
        Ok(Self {
            id: id.to_owned(),
            target: format!("{path}/unwrapkey?{API}"),
            service: Service::at(&NAMES, endpoint, &vault)?,
            bearer: bearer(&NAMES, TOKEN, WAYS.token)?,
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

    fn refusal(&self, response: &Response) -> Refusal {
        let error = serde_json::from_slice::<Refused<'_>>(&response.body)
            .ok()
            .map(|refused| refused.error);
        let (code, inner) = error
            .map(|error| (error.code, error.innererror.and_then(|inner| inner.code)))
            .unwrap_or_default();
        let code = inner.or(code).unwrap_or_default();
        let code = code_of(&code);
        let why = match (response.status, code) {
            (_, code) if code.contains("Deleted") => Why::PendingDeletion,
            (403, code)
                if ["Disabled", "NotYetValid", "Expired"]
                    .iter()
                    .any(|one| code.contains(one)) =>
            {
                Why::Disabled
            }
            (400, "BadParameter") => Why::WrongKey,
            // What is no answer of the service's: a proxy's, or another server's.
            (403 | 404, "") => Why::Other,
            (status, _) => Why::of_status(status),
        };
        refused(&self.service, &WAYS, why, response, code)
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
        // Its members are texts.
        let body = serde_json::to_vec(&unwrap).map_err(|_| self.service.malformed())?;
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("authorization", &self.bearer),
        ];
        let call = Call {
            target: &self.target,
            headers: &headers,
            body: &body,
        };
        let refusal = |response: &Response| self.refusal(response);
        let answer = self
            .service
            .answer(|service| service.send(&call), refusal)?;
        self.secret(&answer).ok_or_else(|| self.service.malformed())
    }
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
}
