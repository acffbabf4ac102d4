//! The Merkle tree of a log and its signed checkpoints: RFC 6962 §2, with C2SP's `tlog-checkpoint` in a `signed-note`.
//!
//! Pure: hashes and texts go in, hashes and texts come out. A log appends to a [`CompactRange`], whose memory is the
//! logarithm of the tree's size, and signs its root as a [`Checkpoint`]. Whoever has two checkpoints and a
//! [`ConsistencyProof`] knows that nothing of the first tree was changed; whoever has one and an [`InclusionProof`]
//! knows that an entry is in it. A [`LogProof`] is the latter as one text, which needs nothing else but the log's public
//! key: the program in `tests/interop/verify_log_proof.py` is such a verifier without our code.

mod checkpoint;
mod compact_range;
mod context_hash;
mod cosignature;
mod entry;
mod error;
mod index_node;
mod log_proof;
mod note;
mod note_key;
mod proof;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod referees;
mod tree_hash;
#[cfg(test)]
mod vectors;
mod witness;

pub use checkpoint::Checkpoint;
pub use compact_range::CompactRange;
pub use context_hash::{ContextDigest, ContextKey, EntryDraft};
pub use cosignature::{Cosignature, CosignatureVerifier, Cosigner};
pub use entry::{Beginning, Entry, EntryCut, EntryKey, Predecessor, PredecessorCut};
pub use error::{Error, Result};
pub use index_node::{IndexNode, IndexPlace, PARTS, Sought, Term};
pub use log_proof::LogProof;
pub use note::{SignedNote, sign_note};
pub use note_key::{NoteSigner, NoteVerifier};
pub use proof::{ConsistencyProof, InclusionProof};
pub use tree_hash::TreeHash;
pub use witness::AddCheckpoint;
