//! The command line, and the usual AWS environment variables.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use axum::http::HeaderValue;
use clap::Parser;
use rusty_s3::Credentials;

use crate::presign::Signer;
use crate::store;

/// Serves the demo page on this machine only, as localhost, with an S3-compatible store over a folder or in front of
/// another S3.
#[derive(Parser)]
#[command(version)]
pub struct Args {
    /// Port of the page and its API; 0 takes any free one
    #[arg(long, default_value_t = 8080)]
    pub port: u16,

    /// Port of the embedded store; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    pub store_port: u16,

    /// Folder of the built page
    #[arg(long, default_value = "www/dist", value_name = "FOLDER")]
    pub page: PathBuf,

    /// Folder of the embedded store, made when missing
    #[arg(long, default_value = "www/data", value_name = "FOLDER")]
    pub data: PathBuf,

    /// Database of the collector of audit logs, made when missing; without it what it has is gone when the server ends
    #[arg(long, value_name = "FILE")]
    pub collector: Option<PathBuf>,

    /// Key of Azure Key Vault that the page may use by this server's relay: https://VAULT/keys/NAME/VERSION; without it there is no relay
    #[arg(long, value_name = "KEY")]
    pub azure_key: Vec<String>,

    /// Another origin that the page may ask, of a key management service: https://kms.eu-central-1.amazonaws.com
    #[arg(long, value_name = "ORIGIN")]
    pub kms_endpoint: Vec<String>,

    /// Bucket that holds the objects
    #[arg(long, default_value = "strongroom")]
    pub bucket: String,

    /// File with the embedded store's access key as ID:SECRET, to look into it with other S3 tools; otherwise
    /// STRONGROOM_STORE_KEY has it, or a new one is drawn at every start
    #[arg(long, value_name = "FILE")]
    store_key_file: Option<PathBuf>,

    // Keys come only from files and the environment: other users of the machine can read a command line.
    #[arg(skip = std::env::var("STRONGROOM_STORE_KEY").ok())]
    store_key: Option<String>,

    /// Another origin whose pages may use the embedded store, by presigned URLs
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<HeaderValue>,

    /// Use this S3 instead of the embedded store (path style); its CORS rules must admit the page
    #[arg(long, value_name = "URL")]
    pub s3_endpoint: Option<String>,

    /// Region to sign for
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1")]
    region: String,

    #[arg(skip = std::env::var("AWS_ACCESS_KEY_ID").ok())]
    access_key_id: Option<String>,

    #[arg(skip = std::env::var("AWS_SECRET_ACCESS_KEY").ok())]
    secret_access_key: Option<String>,

    #[arg(skip = std::env::var("AWS_SESSION_TOKEN").ok())]
    session_token: Option<String>,
}

impl Args {
    /// The access key of the embedded store.
    pub fn store_credentials(&self) -> Result<Credentials> {
        let file = self.store_key_file.as_ref();
        let read = file
            .map(|file| std::fs::read_to_string(file).with_context(|| file.display().to_string()));
        match read.transpose()?.as_ref().or(self.store_key.as_ref()) {
            Some(key) => {
                let (id, secret) = key
                    .trim_end()
                    .split_once(':')
                    .context("the store's key is not ID:SECRET")?;
                Ok(Credentials::new(id, secret))
            }
            None => store::generate_credentials(),
        }
    }

    /// The signer for the S3 that `--s3-endpoint` names, if it was given.
    pub fn external(&self) -> Result<Option<Signer>> {
        let Some(endpoint) = &self.s3_endpoint else {
            return Ok(None);
        };
        let needed = "--s3-endpoint needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
        let id = self.access_key_id.as_ref().context(needed)?;
        let secret = self.secret_access_key.as_ref().context(needed)?;
        let credentials = match &self.session_token {
            Some(token) => Credentials::new_with_token(id, secret, token),
            None => Credentials::new(id, secret),
        };
        Signer::new(endpoint, &self.bucket, &self.region, credentials).map(Some)
    }
}
