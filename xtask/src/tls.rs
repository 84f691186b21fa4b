//! `cargo xtask tls`: what two scanners say of the listener of a real `kairo serve`.
//!
//! A grade of A asks for TLS 1.2 and 1.3 alone, ciphers with authentication and forward secrecy,
//! and none of the known holes. Whether a browser trusts the certificate is not looked at: here it
//! comes from Kairo's own authority, and an operator brings another one.
//!
//! **Invariant:** what a scanner says and nobody expected is a failure, also where it is new.

use std::fs;

use crate::install::{self, Apt};
use crate::kairo::Kairo;
use crate::sh::{self, About, Failure, Result};

/// Every cipher that may be accepted, and no other.
const CIPHERS: [&str; 6] = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
];

/// Lines that sslscan must say.
const SAID: [&str; 8] = [
    "SSLv2     disabled",
    "SSLv3     disabled",
    "TLSv1.0   disabled",
    "TLSv1.1   disabled",
    "TLSv1.2   enabled",
    "TLSv1.3   enabled",
    "TLSv1.2 not vulnerable to heartbleed",
    "TLSv1.3 not vulnerable to heartbleed",
];

/// Findings of testssl.sh that are expected, by the beginning of their id, each with its reason.
const EXPECTED: [(&str, &str); 4] = [
    ("cert_chain_of_trust", "the certificate is of Kairo's own authority"),
    ("cert_revocation", "that authority revokes nothing; the certificate ends by itself"),
    ("HSTS", "on a loopback address it is short, and leaves other ports alone"),
    ("cipher_order", "each is strong, so the client takes the one that its machine does best"),
];

/// Scans.
pub fn tls(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        return Err(Failure::new("`cargo xtask tls` takes nothing."));
    }
    let mut apt = Apt::default();
    install::postgres(&mut apt)?;
    for (program, package) in [("sslscan", "sslscan"), ("testssl", "testssl.sh")] {
        if sh::on_path(program).is_none() {
            apt.install(&[package], "")?;
        }
    }
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let kairo = Kairo::start(&sh::built()?.join("kairo"), &[])?;
    let at = kairo.origin().replace("https://", "");
    let mut wrong = sslscan(&sh::output(sh::command("sslscan").args(["--no-colour", &at]))?);
    wrong.extend(testssl(&findings(&at)?));
    match wrong.is_empty() {
        true => {
            println!("Nothing was found that costs an A.");
            Ok(())
        }
        false => Err(Failure::new(wrong.join("\n"))),
    }
}

/// What is wrong by sslscan.
fn sslscan(said: &str) -> Vec<String> {
    println!("{said}");
    let lacks = SAID.iter().filter(|line| !said.lines().any(|it| it == **line));
    let mut wrong: Vec<String> = lacks.map(|line| format!("sslscan: not said: {line}")).collect();
    // A server without renegotiation has none that is insecure.
    if !said.contains("Session renegotiation not supported") {
        wrong.push("sslscan: sessions can be renegotiated".to_owned());
    }
    let accepted = said.lines().filter(|it| it.starts_with("Accepted") || it.starts_with("Prefer"));
    let names: Vec<&str> = accepted.filter_map(|it| it.split_whitespace().nth(4)).collect();
    let others = names.iter().filter(|name| !CIPHERS.contains(name));
    wrong.extend(others.map(|name| format!("sslscan: {name} is accepted")));
    if names.is_empty() {
        wrong.push("sslscan: no cipher was found, so nothing was looked at".to_owned());
    }
    wrong
}

/// The findings of testssl.sh, a line each: id, address, port, severity, finding.
fn findings(at: &str) -> Result<String> {
    let file = std::env::temp_dir().join(format!("kairo-testssl-{}.csv", std::process::id()));
    let mut run = sh::command("testssl");
    run.args(["--quiet", "--color", "0", "--warnings", "off", "--ip", "127.0.0.1", "--csvfile"]);
    // Its exit code counts findings, which are judged here.
    let _ended = sh::run(run.arg(&file).arg(at));
    let text = fs::read_to_string(&file).about(file.display());
    let _removed = fs::remove_file(&file);
    text
}

/// What is wrong by testssl.sh.
fn testssl(csv: &str) -> Vec<String> {
    let rows = csv.lines().skip(1).filter_map(|line| {
        let mut fields = line.trim_matches('"').split("\",\"");
        Some((fields.next()?, fields.nth(2)?, fields.next()?))
    });
    let (mut wrong, mut fine) = (Vec::new(), 0);
    for (id, severity, finding) in rows {
        let expected = EXPECTED.iter().find(|(begin, _)| id.starts_with(begin));
        match (severity, expected) {
            ("OK", _) => fine += 1,
            ("INFO" | "LOW" | "WARN", _) => {}
            (_, Some((_, why))) => println!("testssl.sh: {id}: {finding} (expected: {why})"),
            _ => wrong.push(format!("testssl.sh: {severity}: {id}: {finding}")),
        }
        if id == "overall_grade" {
            println!("testssl.sh: grade {finding}");
        }
    }
    println!("testssl.sh: {fine} findings are good");
    if fine < 20 {
        wrong.push("testssl.sh: it looked at too little".to_owned());
    }
    wrong
}
