//! Lists the bucket's objects (`ListObjectsV2`).

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rusty_s3::actions::ListObjectsV2;
use serde::Serialize;
use ureq::Agent;

use crate::presign::Signer;

/// What the key of an object's body ends in.
const BODY: &str = ".srm";

/// What the key of an object's header ends in.
const HEADER: &str = ".srh";

/// One stored object, as the store tells about it.
#[derive(Debug, Serialize)]
pub struct Object {
    key: String,
    /// Stored bytes.
    size: u64,
    /// Absent where the store's list has none.
    etag: Option<String>,
    /// RFC 3339.
    modified: Option<String>,
}

/// One page of the list.
#[derive(Debug, Serialize)]
pub struct Listing {
    objects: Vec<Object>,
    /// What to pass as `after` for the next page; absent on the last.
    next: Option<String>,
}

/// Asks the store for its list.
#[derive(Clone)]
pub struct Lister {
    signer: Signer,
    agent: Agent,
}

impl Lister {
    /// `local`: the store is in this process, where no proxy may come between.
    pub fn new(signer: Signer, local: bool) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false);
        let config = if local { config.proxy(None) } else { config };
        Self {
            signer,
            agent: config.build().new_agent(),
        }
    }

    /// One page of at most 1,000 objects; `after` is an earlier page's `next`. Blocks.
    pub fn list(&self, after: Option<&str>) -> Result<Listing> {
        let url = self.signer.list(after);
        let mut response = self
            .agent
            .get(url.as_str())
            .call()
            .context("the store did not answer")?;
        let text = response
            .body_mut()
            .read_to_string()
            .context("the store's answer broke off")?;
        if !response.status().is_success() {
            bail!(
                "the store answered {}{}",
                response.status(),
                error_code(&text)
            );
        }
        let list = ListObjectsV2::parse_response(&text).context("the store's list is not S3's")?;
        let objects = list
            .contents
            .into_iter()
            .filter(|object| is_object_key(&object.key));
        Ok(Listing {
            objects: objects
                .map(|object| Object {
                    key: object.key,
                    size: object.size.unwrap_or(0),
                    etag: object.etag,
                    modified: object.last_modified,
                })
                .collect(),
            next: list.next_continuation_token,
        })
    }
}

/// Whether this is a key that the page makes. Others in the bucket are neither shown nor touched.
pub fn is_object_key(key: &str) -> bool {
    is_key(key, BODY) || is_key(key, HEADER)
}

fn is_key(key: &str, suffix: &str) -> bool {
    key.len() <= 128
        && key.strip_suffix(suffix).is_some_and(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        })
}

/// The `Code` of an S3 error answer, for a person to look up.
fn error_code(xml: &str) -> String {
    let code = xml
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map_or_else(String::new, |(code, _)| format!(" ({code})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_the_page_are_object_keys() {
        assert!(is_object_key("Zm9v_-09.srm") && is_object_key("Zm9v_-09.srh"));
        let long = format!("{}.srm", "a".repeat(125));
        for key in [
            ".srm",
            "a.txt",
            "../a.srm",
            "a/b.srm",
            "a b.srm",
            "a.srm/",
            long.as_str(),
        ] {
            assert!(!is_object_key(key), "{key}");
        }
    }
}
