//! The life of keys, through the front door: a vault in memory, a clock that can be set, and whoever can
//! write to the store.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod answers;
mod attacks;
mod audit;
mod compromised;
mod contents;
mod destroyed;
mod events;
mod factors;
mod fixture;
mod fresh_factor;
mod gate;
mod health;
mod identity;
mod inventory;
mod life;
mod listing;
mod material;
mod maximum_uses;
mod merge;
mod merge_attacks;
mod merge_forgotten;
mod merge_laws;
mod migration;
mod open_versions;
mod openers;
mod passkey;
mod policy;
mod proofs;
mod recovery_kit;
mod recovery_shares;
mod rehearse;
mod release;
mod release_files;
mod release_open;
mod reload;
mod replaced_kits;
mod rotation;
mod samples;
mod scale;
mod sessions;
mod sidecars;
mod strengthened;
mod survey;
mod this_device;
mod time;
mod tracked;
mod under_way;
mod uploads;
mod uses;
mod uses_by_state;
mod vault_key;
mod vault_policy;
mod watch;
