//! The server as a process, asked what the page asks it.

mod common;
mod page;
mod relay;
mod store;
