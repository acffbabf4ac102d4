//! `ListParts`, which `s3s-fs` answers without the parts' ETags and order, and for uploads that there are not.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use md5::{Digest as _, Md5};
use serde::Deserialize;

/// As many as S3 lists at most.
const MOST: usize = 1000;

/// What of an upload is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(rename = "uploadId")]
    upload: String,
    #[serde(rename = "part-number-marker", default)]
    after: u16,
}

impl Asked {
    /// What a request asks for, if it is one of these.
    pub fn of<B>(request: &Request<B>) -> Option<Self> {
        let query = axum::extract::Query::try_from_uri(request.uri()).ok()?;
        (request.method() == Method::GET).then_some(query.0)
    }

    /// The answer to a request that was found to be signed.
    pub fn answer(&self, folder: &Path) -> io::Result<Response> {
        let named = self
            .upload
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !named
            || !folder
                .join(format!(".upload-{}.json", self.upload))
                .exists()
        {
            return Ok(xml(
                StatusCode::NOT_FOUND,
                "<Error><Code>NoSuchUpload</Code></Error>",
            ));
        }
        let parts = self.parts(folder)?;
        let truncated = parts.len() > MOST;
        let mut listed = String::new();
        for (number, etag, size) in parts.into_iter().take(MOST) {
            let _ = write!(
                listed,
                "<Part><PartNumber>{number}</PartNumber><ETag>&quot;{etag}&quot;</ETag><Size>{size}</Size></Part>"
            );
        }
        let answer = format!(
            "<ListPartsResult><IsTruncated>{truncated}</IsTruncated>{listed}</ListPartsResult>"
        );
        Ok(xml(StatusCode::OK, &answer))
    }

    /// Number, ETag (MD5) and size of those behind the marker.
    fn parts(&self, folder: &Path) -> io::Result<Vec<(u16, String, usize)>> {
        let prefix = format!(".upload_id-{}.part-", self.upload);
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let number = name
                .strip_prefix(&prefix)
                .and_then(|number| number.parse().ok());
            if let Some(number) = number.filter(|number| *number > self.after) {
                files.insert(number, entry.path());
            }
        }
        let read = |(number, path)| {
            let bytes = fs::read(path)?;
            let etag = Md5::digest(&bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            Ok((number, etag, bytes.len()))
        };
        files.into_iter().take(MOST + 1).map(read).collect()
    }
}

fn xml(status: StatusCode, text: &str) -> Response {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{text}");
    (
        status,
        [(header::CONTENT_TYPE, "application/xml")],
        Body::from(text),
    )
        .into_response()
}
