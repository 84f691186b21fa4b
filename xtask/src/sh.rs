//! Running other programs, and where things lie.
//!
//! **Invariant:** what is started here gets SIGTERM when this program dies, however it dies.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a command of this crate did not do what it was asked to, in words for the person who ran it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The result of every step.
pub type Result<T> = std::result::Result<T, Failure>;

/// Says which file or program an error of the system was about.
pub trait About<T> {
    /// The error, with `what` in front.
    fn about(self, what: impl fmt::Display) -> Result<T>;
}

impl<T> About<T> for io::Result<T> {
    fn about(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}

/// The repository's root: the parent of the folder that cargo runs this crate from.
pub fn root() -> PathBuf {
    let own = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    match own.as_deref().and_then(Path::parent) {
        Some(root) => root.to_path_buf(),
        None => PathBuf::from("."),
    }
}

/// The folder of built programs: the one that this program lies in.
pub fn built() -> Result<PathBuf> {
    let own = env::current_exe().about("the path of this program")?;
    own.parent().map(Path::to_path_buf).ok_or_else(|| Failure::new("this program has no folder"))
}

/// The folder for what the tests install for themselves; it goes away with the target folder.
pub fn tools() -> Result<PathBuf> {
    let built = built()?;
    Ok(built.parent().unwrap_or(&built).join("tools"))
}

/// Whether a program of this name is on the path.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Whether this program runs as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A program that gets SIGTERM when this one dies. The signal follows the thread that started it,
/// so start programs from the main thread only.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = match on_path("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "TERM", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.current_dir(root());
    command
}

/// The cargo that runs this program, with these arguments.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs to the end, showing what is printed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().about(shown(command))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure(format!("`{}` failed ({status})", shown(command))))
}

/// Runs to the end and answers what was printed.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().about(shown(command))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure(format!("`{}` failed ({})", shown(command), output.status)))
}

/// Runs without showing anything; whether it succeeded.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The command line as a person would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let typed =
        words.iter().position(|word| word == "--" && words.len() > 4).map_or(0, |at| at + 1);
    words.get(typed..).unwrap_or(&words).join(" ")
}
