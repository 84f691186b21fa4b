//! `cargo xtask bench`: the benchmarks of every crate that has some, as built for shipping.

use std::fs;

use crate::sh::{self, About, Result};

/// Runs the benchmarks; arguments go to them as a filter.
pub fn bench(arguments: &[String]) -> Result<()> {
    let mut ran = 0;
    for name in crates_with_benches()? {
        println!("== benchmarks of {name}");
        let mut bench = sh::cargo(["bench", "-p", &name, "--bench", "*", "--"]);
        sh::run(bench.args(arguments))?;
        ran += 1;
    }
    println!(
        "{ran} crates were measured. Ratios that the design promises go to docs/benchmarks.md,"
    );
    println!("with the machine, the date and the command; a number alone proves nothing.");
    Ok(())
}

fn crates_with_benches() -> Result<Vec<String>> {
    let folder = sh::root().join("crates");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).about(folder.display())? {
        let entry = entry.about(folder.display())?;
        if entry.path().join("benches").is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
