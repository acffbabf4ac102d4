//! The demo: everything built, the server in the foreground.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::{
    build, project,
    run::{become_program, command},
};

/// How the demo is started.
#[derive(Args)]
pub struct Options {
    /// Port of the page; 0 takes any free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder of the embedded store
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Use this S3 instead of the embedded store; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY sign
    #[arg(long, value_name = "URL")]
    s3_endpoint: Option<String>,
    /// Bucket that holds the objects
    #[arg(long, default_value = "strongroom")]
    bucket: String,
    /// Key of Azure Key Vault that the page may use by the server's relay: https://VAULT/keys/NAME/VERSION
    #[arg(long, value_name = "KEY")]
    azure_key: Vec<String>,
    /// Another origin that the page may ask, of a key management service
    #[arg(long, value_name = "ORIGIN")]
    kms_endpoint: Vec<String>,
}

/// Builds what is not built and serves it until it is told to stop.
pub fn demo(options: &Options) -> Result<()> {
    build::page()?;
    let server = build::server()?;
    let mut serve = command(server, project::root());
    serve.args([
        "--port",
        &options.port.to_string(),
        "--bucket",
        &options.bucket,
    ]);
    serve.arg("--page").arg(project::root().join("www/dist"));
    serve.arg("--data").arg(
        options
            .data
            .as_ref()
            .map_or_else(|| project::root().join("www/data"), project::from_here),
    );
    if let Some(endpoint) = &options.s3_endpoint {
        serve.args(["--s3-endpoint", endpoint]);
    }
    for key in &options.azure_key {
        serve.args(["--azure-key", key]);
    }
    for origin in &options.kms_endpoint {
        serve.args(["--kms-endpoint", origin]);
    }
    println!(
        "\nOpen the address below. Make a vault with a passphrase, drop a file on the page, and look at\n\
         what the provider sees. Reload, unlock, download: the file is back. Ctrl-C ends the demo.\n"
    );
    become_program(&mut serve)
}
