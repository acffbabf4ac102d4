//! The ports that are listened on: of this machine alone.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;

/// How many free ports are tried for one that is free on both addresses.
const TRIES: usize = 8;

/// A port of 127.0.0.1.
pub async fn on_ipv4(port: u16) -> Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let bound = TcpListener::bind(address).await;
    bound.with_context(|| refusal(address))
}

/// One port, on 127.0.0.1 and on ::1. A browser asks either of them for `localhost`, so that another program on
/// the one that is left would answer as the page's origin. Where the machine has no ::1 no other program has it either.
pub async fn on_localhost(port: u16) -> Result<(u16, Vec<TcpListener>)> {
    let mut left = if port == 0 { TRIES } else { 1 };
    loop {
        let first = on_ipv4(port).await?;
        let port = first.local_addr()?.port();
        let address = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
        left -= 1;
        match TcpListener::bind(address).await {
            Ok(second) => return Ok((port, vec![first, second])),
            Err(error) if lacks_address(&error) => return Ok((port, vec![first])),
            Err(error) if left > 0 && error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).with_context(|| refusal(address)),
        }
    }
}

fn refusal(address: SocketAddr) -> String {
    let why = match address.ip() {
        IpAddr::V4(_) => "",
        IpAddr::V6(_) => ", which browsers take for localhost too",
    };
    format!("cannot listen on {address}{why}; choose another port, or 0 for any free one")
}

/// Whether the machine has no such address, or none of its family.
fn lacks_address(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(NO_FAMILY)
}

#[cfg(unix)]
const NO_FAMILY: i32 = libc::EAFNOSUPPORT;
/// `WSAEAFNOSUPPORT`.
#[cfg(not(unix))]
const NO_FAMILY: i32 = 10047;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_taken_or_forbidden_is_not_one_that_there_is_not() {
        for (kind, lacks) in [
            (io::ErrorKind::AddrNotAvailable, true),
            (io::ErrorKind::AddrInUse, false),
            (io::ErrorKind::PermissionDenied, false),
        ] {
            assert_eq!(lacks_address(&kind.into()), lacks, "{kind}");
        }
        assert!(lacks_address(&io::Error::from_raw_os_error(NO_FAMILY)));
    }
}
