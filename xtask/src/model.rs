//! `cargo xtask test --model`, or `cargo xtask model` alone: a real small model on this machine
//! behind a real `kairo serve`. A scripted provider does what we believe that servers do; this one
//! does what it does.
//!
//! **Invariant:** what it installs lies in the target folder, at the versions written down here,
//! and nothing but this machine is asked afterwards.

use crate::clients::Provider;
use crate::install::{self, Apt};
use crate::kairo::Kairo;
use crate::sh::{self, Result};

/// Answers in words and second readings, held against what the model's server and the ledger count.
pub fn model(apt: &mut Apt) -> Result<()> {
    install::postgres(apt)?;
    if sh::on_path("c++").is_none() {
        apt.install(&["g++"], "")?;
    }
    let here = sh::root().join("xtask/model");
    let wanted = here.join("requirements.txt");
    println!("Where the model's server is not installed yet, it is compiled for many minutes.");
    // Without the part that looks at pictures.
    let smaller = [("CMAKE_ARGS", "-DLLAVA_BUILD=OFF")];
    let installed = install::python(apt, "llama-cpp", &wanted, "llama_cpp.server.app", &smaller)?;
    let python = installed.join("bin/python");
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let (provider, url) = Provider::start(&python, &here.join("provider.py"))?;
    let settings =
        [("KAIRO_AI_BASE_URL", url.clone()), ("KAIRO_AI_MODEL", "gemma-3-270m".to_owned())];
    let kairo = Kairo::start(&sh::built()?.join("kairo"), &settings)?;
    let mut check = sh::command(&python);
    check.arg(here.join("check.py")).env("SSL_CERT_FILE", kairo.folder.join("tls/ca.pem"));
    check.env("KAIRO_ORIGIN", kairo.origin()).env("KAIRO_DATA_DIR", &kairo.folder);
    check.env("KAIRO_TOKEN", kairo.token("model@example.org", &["--plan", "pro"])?);
    let ran = sh::run(check.env("PROVIDER", url));
    drop(kairo);
    drop(provider);
    ran
}
