//! What the crates stand on: the leaf crates stay pure, and one library does TLS and ciphers.

use super::Finding;
use crate::sh::{self, Result};

/// A leaf crate is fuzzed and audited alone; with one of these it would have I/O.
const IMPURE: [&str; 6] =
    ["tokio", "tokio-postgres", "postgres-protocol", "hyper", "axum", "async-std"];

/// Second libraries for TLS and ciphers; the design has chosen ring.
const SECOND_CIPHERS: [&str; 5] =
    ["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls"];

/// Asks cargo for the trees and looks for what must not be in them.
pub fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for leaf in ["kairo-vault", "kairo-capture"] {
        let tree = tree(&["--package", leaf, "--edges", "normal"])?;
        for name in named(&tree, &IMPURE) {
            let what = format!("{leaf} must stay without I/O; take {name} out");
            findings.push(Finding::new(&format!("crates/{leaf}/Cargo.toml"), 1, what));
        }
    }
    let tree = tree(&["--workspace", "--all-features", "--edges", "normal,build,dev"])?;
    for name in named(&tree, &SECOND_CIPHERS) {
        let what =
            format!("{name} came in; choose features that use ring (`cargo tree -i {name}`)");
        findings.push(Finding::new("Cargo.toml", 1, what));
    }
    Ok(findings)
}

fn tree(arguments: &[&str]) -> Result<String> {
    let mut tree = sh::cargo(["tree", "--locked", "--prefix", "none", "--format", "{p}"]);
    sh::output(tree.args(arguments))
}

/// Which of the names a tree holds.
pub fn named<'name>(tree: &str, names: &[&'name str]) -> Vec<&'name str> {
    let has = |name: &str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    names.iter().copied().filter(|name| has(name)).collect()
}
