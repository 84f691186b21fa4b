//! PgBouncer in two releases for the tests of Kairo behind it: one that carries prepared statements
//! along, which the stable Debian of today does not have, and one that does not.
//!
//! **Invariant:** nothing of it is installed in the system but libraries, since Debian's package
//! would start a service.

use std::fs;
use std::path::{Path, PathBuf};

use super::apt::Apt;
use crate::sh::{self, About, Failure, Result};

/// The two programs.
pub struct Poolers {
    /// 1.21 or later.
    pub new: PathBuf,
    /// Before 1.21.
    pub old: PathBuf,
}

/// Debian's release whose source the newer one is built from, without changing the system's lists.
const SOURCES: &str = "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] \
    http://deb.debian.org/debian trixie main\n";

/// Asks for one source package with lists of its own, and builds the program (half a minute).
const BUILD: &str = "set -e; d=$(pwd)
    o=\"-o Dir::Etc::sourcelist=$d/sources.list -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists=$d/lists -o Dir::Cache=$d/cache -o APT::Sandbox::User=root\"
    mkdir -p lists/partial cache/archives/partial
    apt-get -qq $o update; apt-get -qq $o source --download-only pgbouncer
    mkdir -p source; tar xf pgbouncer_*.orig.tar.gz -C source --strip-components=1
    cd source; ./configure --without-cares >/dev/null; make -s pgbouncer >/dev/null";

/// The release that this Debian has, unpacked and not installed.
const UNPACK: &str = "set -e; apt-get -qq download pgbouncer; dpkg-deb -x pgbouncer_*.deb .";

/// Finds or makes both. What they come from is Debian's alone: elsewhere they are named by hand.
pub fn poolers(apt: &mut Apt) -> Result<Poolers> {
    let folder = sh::tools()?.join("pgbouncer");
    let (new, old) = (folder.join("new"), folder.join("old"));
    let programs =
        Poolers { new: new.join("source/pgbouncer"), old: old.join("usr/sbin/pgbouncer") };
    if version(&programs.new).is_none() || version(&programs.old).is_none() {
        let needed = ["libevent-dev", "libssl-dev", "libc-ares-dev", "pkg-config", "make", "gcc"];
        apt.install(&needed, "")?;
        made(&new, BUILD, SOURCES)?;
        made(&old, UNPACK, "")?;
    }
    match (version(&programs.new), version(&programs.old)) {
        (Some(new), Some(old)) if new >= (1, 21) && old < (1, 21) => Ok(programs),
        found => Err(Failure::new(format!("PgBouncer before and after 1.21: found {found:?}"))),
    }
}

fn made(folder: &Path, script: &str, sources: &str) -> Result<()> {
    let _of_a_former_try = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).about(folder.display())?;
    fs::write(folder.join("sources.list"), sources).about(folder.display())?;
    sh::run(sh::command("sh").args(["-c", script]).current_dir(folder))
}

/// Reads `PgBouncer 1.24.1`.
fn version(program: &Path) -> Option<(u32, u32)> {
    let said = sh::output(sh::command(program).arg("--version")).ok()?;
    let number = said.split_whitespace().nth(1)?;
    let mut parts = number.split('.').map_while(|part| part.parse().ok());
    Some((parts.next()?, parts.next()?))
}
