//! Where Kairo listens, and by which name people come.

use std::net::{SocketAddr, TcpListener};

use super::Finding;
use crate::config::{Config, Node};

const CHECK: &str = "address";

/// Compares the listener with the origin, and looks whether its place is free.
pub(super) fn check(config: &Config, node: Option<&Node>) -> Vec<Finding> {
    let mut found = vec![match node {
        Some(node) => Finding::ok(CHECK, format!("Kairo serves at {}", node.origin)),
        None => free(config.listen),
    }];
    let origin = config.origin(config.listen);
    let direct = config.trusted_proxies.is_empty();
    if config.listen.ip().is_loopback() && !origin.is_loopback() && direct {
        found.push(Finding::warning(
            CHECK,
            format!("people come to {origin} through a proxy on this machine"),
            "Set KAIRO_TRUSTED_PROXIES to 127.0.0.1, or all of them count as one client",
        ));
    } else if config.public_origin.is_some()
        && direct
        && config.listen.port() != 0
        && origin.port() != config.listen.port()
    {
        found.push(Finding::warning(
            CHECK,
            format!("people type {origin}, and Kairo listens on {}", config.listen),
            "Let the port of the one lead to the other, or set them alike",
        ));
    }
    found
}

/// Binding says it best: other programs, missing rights and addresses of other machines alike.
fn free(at: SocketAddr) -> Finding {
    match TcpListener::bind(at) {
        Ok(_) => Finding::ok(CHECK, format!("{at} is free, and Kairo is not running")),
        Err(error) => Finding::problem(
            CHECK,
            format!("Kairo is not running, and cannot listen on {at}: {error}"),
            "Stop what listens there, or set KAIRO_LISTEN to another address",
        ),
    }
}
