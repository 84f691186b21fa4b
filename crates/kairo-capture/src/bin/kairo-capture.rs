//! Reads captures: `kairo-capture --jsonl [--full]` answers each line of standard input.
//!
//! **Invariant:** a line that is too long is skipped without being held in memory.

use kairo_capture::jsonl::answer;
use kairo_capture::limits::LINE_BYTES_MAX;
use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let known = |argument: &String| argument == "--jsonl" || argument == "--full";
    if !arguments.iter().any(|argument| argument == "--jsonl") || !arguments.iter().all(known) {
        eprintln!("usage: kairo-capture --jsonl [--full] < lines > answers");
        return ExitCode::from(2);
    }
    let full = arguments.iter().any(|argument| argument == "--full");
    match answer_lines(full) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kairo-capture: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer_lines(full: bool) -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    let room = u64::try_from(LINE_BYTES_MAX + 2).unwrap_or(u64::MAX);
    let started = Instant::now();
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(room).read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        let whole = line.ends_with(b"\n");
        if !whole {
            input.skip_until(b'\n')?;
        }
        let trimmed = line.trim_ascii_end();
        if trimmed.is_empty() {
            continue;
        }
        writeln!(output, "{}", answer(trimmed, full, || started.elapsed()))?;
        output.flush()?;
    }
}
