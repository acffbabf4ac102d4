//! `strongroom`: opens what strongroom stored, without a browser. It asks nobody, unless a key management service is named.
//!
//! | module | holds |
//! | --- | --- |
//! | [`commands`] | one file per command |
//! | [`opener`] | what unwraps: an open vault, or one key |
//! | [`holder`] | private halves that are asked: of RSA, on a token, at a key management service |
//! | [`vault`] | a backup, opened in memory |
//! | [`factor`] | the secrets that a caller presents |
//! | [`secret`] | files of secrets, and the prompt for one |
//! | [`passphrase`] | the forms that a passphrase may have |
//! | [`consent`] | the person's word for what is dangerous |
//! | [`governance`] | policies, and what of them cannot be kept here |
//! | [`source`] | what is read: objects, values, headers |
//! | [`output`] | a file that appears whole or not at all |
//! | [`stdout`] | standard output |
//! | [`naming`] | names for new files |
//! | [`text`] | what is printed, without control characters |
//! | [`failure`] | errors and exit codes |

mod commands;
mod consent;
mod factor;
mod failure;
mod governance;
mod holder;
mod members;
mod naming;
mod opener;
mod output;
mod passphrase;
mod secret;
mod source;
mod stdout;
mod text;
mod vault;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
