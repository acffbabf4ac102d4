//! The program as it is run: real files, real exit codes.
#![expect(clippy::unwrap_used, reason = "tests")]

mod documentation;
mod factors;
mod hostile;
mod identity;
mod inspected;
mod made;
mod mistakes;
mod policies;
mod releases;
mod rsa;
mod shop;
mod signed;
mod streams;
#[cfg(target_os = "linux")]
mod terminal;
