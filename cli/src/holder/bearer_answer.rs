//! What the services answer that take an access token: why not, by HTTP status where it tells.

use super::service::{Refusal, Response, Service};
use crate::failure::{Exit, Failure};

/// What a service calls the right to decrypt, and how its administrator enables a key.
pub struct Ways {
    /// `ask the administrator of the key for …`
    pub right: &'static str,
    /// The command that prints an access token.
    pub token: &'static str,
    /// `its administrator can …`
    pub enable: &'static str,
    /// `its administrator can …`, of a key that is to be deleted.
    pub restore: &'static str,
    /// `check …`
    pub name: &'static str,
}

/// What a refusal is, whatever the service's own words for it are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Denied,
    Disabled,
    PendingDeletion,
    NotFound,
    WrongKey,
    Expired,
    Throttled,
    Unavailable,
    Other,
}

impl Why {
    /// By a status that says it all.
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Expired,
            403 => Self::Denied,
            404 => Self::NotFound,
            429 => Self::Throttled,
            500.. => Self::Unavailable,
            _ => Self::Other,
        }
    }
}

/// The failure of a refusal.
pub fn refused(
    service: &Service,
    ways: &Ways,
    why: Why,
    response: &Response,
    code: &str,
) -> Refusal {
    let name = service.names.service;
    let (exit, what, next) = match why {
        Why::Throttled => return service.throttled(code),
        Why::Unavailable => return service.unavailable(response.status, code),
        Why::Other => return service.malformed_refusal(response.status, code),
        Why::Denied => (
            Exit::Refused,
            format!("{name} denies that this caller uses the key"),
            format!("ask the administrator of the key for {}", ways.right),
        ),
        Why::Disabled => (
            Exit::Refused,
            format!("the key is disabled at {name}"),
            format!("its administrator can {}", ways.enable),
        ),
        Why::PendingDeletion => (
            Exit::Refused,
            format!("the key is deleted at {name}, or will be"),
            format!(
                "its administrator can {}, while there is time",
                ways.restore
            ),
        ),
        Why::NotFound => (
            Exit::Factor,
            format!("{name} has no such key"),
            format!("check {}", ways.name),
        ),
        Why::WrongKey => (
            Exit::Content,
            format!("this is not for the key at {name}, or was tampered with"),
            format!(
                "give the key that it is for, of RSA for decryption: check {}",
                ways.name
            ),
        ),
        Why::Expired => (
            Exit::Refused,
            format!("the access token has expired, or {name} does not accept it"),
            format!(
                "get a new one with `{}`, and look at this machine's clock",
                ways.token
            ),
        ),
    };
    Refusal::Final(Failure::new(exit, &format!("{what} ({code})"), &next))
}
