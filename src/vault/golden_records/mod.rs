//! Golden writers: given the same fields, CEK, IV, salt and ephemeral key, today's code writes the bytes of
//! `tests/vectors/release-0.1` and `tests/vectors/golden`. In which order random bytes are drawn is free.

mod agreed;
pub(crate) mod drawn;
mod records;
pub(crate) mod support;
