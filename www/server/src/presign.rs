//! Presigned URLs (AWS Signature Version 4 in the query): permission for one request, for a while.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rusty_s3::actions::{
    AbortMultipartUpload, CompleteMultipartUpload, CreateMultipartUpload, S3Action,
};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::list::is_object_key;

/// How long a URL is good for: the slowest single request it has to last for is a part of 8 MiB.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// S3 numbers parts from 1 to 10,000.
const MAX_PARTS: u16 = 10_000;

/// One request to the store that the page wants to make.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// Reads an object, or a range of it.
    Get { key: String },
    /// Writes a new object in one request.
    Put { key: String },
    /// Removes an object.
    Delete { key: String },
    /// Begins an upload in parts; the answer's XML names the upload.
    MultipartCreate { key: String },
    /// Writes part number `part`, from 1.
    MultipartPart {
        key: String,
        upload: String,
        part: u16,
    },
    /// Makes the new object out of its parts; the body lists their ETags.
    MultipartComplete { key: String, upload: String },
    /// Lists the parts that the store has of an upload, those after number `after`.
    MultipartList {
        key: String,
        upload: String,
        after: u16,
    },
    /// Gives up an upload and removes its parts.
    MultipartAbort { key: String, upload: String },
}

/// A request that may be sent as it stands until it expires.
#[derive(Debug, Serialize)]
pub struct Presigned {
    method: &'static str,
    url: String,
    /// Headers that are part of the signature and must be sent.
    headers: BTreeMap<&'static str, String>,
    /// Seconds from now.
    expires: u64,
}

/// Why a request was not signed, as a sentence.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The key is not one that the demo uses.
    Key,
    /// S3 has no such part number.
    Part,
}

/// Signs requests for one bucket. Its secret stays in the process.
#[derive(Clone)]
pub struct Signer(Arc<Inner>);

struct Inner {
    bucket: Bucket,
    credentials: Credentials,
}

impl Signer {
    /// A signer for path-style URLs below `endpoint`.
    pub fn new(
        endpoint: &str,
        bucket: &str,
        region: &str,
        credentials: Credentials,
    ) -> Result<Self> {
        let url = Url::parse(endpoint).with_context(|| format!("{endpoint} is not a URL"))?;
        let bucket = Bucket::new(url, UrlStyle::Path, bucket.to_owned(), region.to_owned())
            .with_context(|| format!("{endpoint} is not an address of an S3"))?;
        Ok(Self(Arc::new(Inner {
            bucket,
            credentials,
        })))
    }

    /// The store's origin, as the page's content security policy names it.
    pub fn origin(&self) -> String {
        self.0.bucket.base_url().origin().ascii_serialization()
    }

    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        self.0.bucket.name()
    }

    /// The URL of one page of the bucket's list.
    pub fn list(&self, after: Option<&str>) -> Url {
        let mut list = self.0.bucket.list_objects_v2(Some(&self.0.credentials));
        if let Some(token) = after {
            list.with_continuation_token(token);
        }
        list.sign(LIFETIME)
    }

    /// Signs one request.
    ///
    /// A URL that writes an object carries `If-None-Match: *` in its signature: it can make an
    /// object but never replace one.
    pub fn presign(&self, action: &Action) -> Result<Presigned, Refusal> {
        if !is_object_key(action.key()) {
            return Err(Refusal::Key);
        }
        let Inner {
            bucket,
            credentials,
        } = &*self.0;
        let credentials = Some(credentials);
        Ok(match action {
            Action::Get { key } => sign(bucket.get_object(credentials, key)),
            Action::Put { key } => sign_new(bucket.put_object(credentials, key)),
            Action::Delete { key } => sign(bucket.delete_object(credentials, key)),
            Action::MultipartCreate { key } => {
                sign(CreateMultipartUpload::new(bucket, credentials, key))
            }
            Action::MultipartPart { key, upload, part } => {
                if !(1..=MAX_PARTS).contains(part) {
                    return Err(Refusal::Part);
                }
                sign(bucket.upload_part(credentials, key, *part, upload))
            }
            Action::MultipartComplete { key, upload } => {
                let etags = std::iter::empty::<&str>();
                sign_new(CompleteMultipartUpload::new(
                    bucket,
                    credentials,
                    key,
                    upload,
                    etags,
                ))
            }
            Action::MultipartList { key, upload, after } => {
                let mut list = bucket.list_parts(credentials, key, upload);
                list.set_part_number_marker(*after);
                sign(list)
            }
            Action::MultipartAbort { key, upload } => {
                sign(AbortMultipartUpload::new(bucket, credentials, key, upload))
            }
        })
    }
}

impl Action {
    fn key(&self) -> &str {
        match self {
            Self::Get { key }
            | Self::Put { key }
            | Self::Delete { key }
            | Self::MultipartCreate { key }
            | Self::MultipartPart { key, .. }
            | Self::MultipartComplete { key, .. }
            | Self::MultipartList { key, .. }
            | Self::MultipartAbort { key, .. } => key,
        }
    }
}

/// With the condition that there is no such object, as part of the signature.
fn sign_new<'a, A: S3Action<'a>>(mut action: A) -> Presigned {
    let (condition, value) = ("if-none-match", "*");
    action
        .headers_mut()
        .insert(condition.to_owned(), value.to_owned());
    Presigned {
        headers: BTreeMap::from([(condition, value.to_owned())]),
        ..sign(action)
    }
}

fn sign<'a, A: S3Action<'a>>(action: A) -> Presigned {
    Presigned {
        method: A::METHOD.to_str(),
        url: action.sign(LIFETIME).into(),
        headers: BTreeMap::new(),
        expires: LIFETIME.as_secs(),
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key => "a key is letters, digits, `-` and `_`, and ends in `.srm` or `.srh`",
            Self::Part => "parts are numbered from 1 to 10000",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        let credentials = Credentials::new("id", "secret");
        Signer::new("http://127.0.0.1:9", "bucket", "us-east-1", credentials).expect("valid")
    }

    #[test]
    fn a_url_that_writes_is_bound_to_if_none_match() {
        let put = signer()
            .presign(&Action::Put {
                key: "a.srm".into(),
            })
            .expect("valid key");
        assert_eq!(put.headers["if-none-match"], "*");
        assert!(put.url.contains("X-Amz-SignedHeaders=host%3Bif-none-match"));
    }

    #[test]
    fn keys_and_parts_outside_the_demo_are_refused() {
        let refused = |action| signer().presign(&action).err();
        assert_eq!(
            refused(Action::Get {
                key: "../etc/passwd".into()
            }),
            Some(Refusal::Key)
        );
        for part in [0, MAX_PARTS + 1] {
            let (key, upload) = ("a.srm".into(), "u".into());
            let action = Action::MultipartPart { key, upload, part };
            assert_eq!(refused(action), Some(Refusal::Part));
        }
    }
}
