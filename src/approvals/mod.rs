//! Dual control: what a vault asks another person to approve, and that person's approval.
//!
//! A request says which operation is to be done, with all its arguments. An approval is a JWS (`sr-approval+jws`) over the request's
//! digest, by a key that the policy names and the vault does not have. It holds for that request, once, until it expires.
//!
//! Pure: texts go in, texts come out.

mod approval;
mod request;

pub use approval::Approval;
pub use request::{ApprovalRequest, ApprovalSubject, OpenRequests};
