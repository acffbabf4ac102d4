//! Rows, as a store sees them.

use super::RecordId;

/// One record as a store sees it: where it stands, how often it was written, opaque bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub record_id: RecordId,
    /// 1 when first written, one more each time it is written again.
    pub revision: u64,
    /// The envelope (or JWS) as it was written, never serialised again.
    pub bytes: Vec<u8>,
}

impl Row {
    /// Only where it stands.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self::none(&self.record_id)
    }

    /// That nothing stands there.
    pub(crate) fn none(record_id: &RecordId) -> Self {
        Self {
            record_id: record_id.clone(),
            revision: 0,
            bytes: Vec::new(),
        }
    }
}
