//! The program: reads its arguments and hands over to [`kairo::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A guarded call makes and drops more than a hundred small things; the system's allocator takes
/// a seventh of its time for them, and this one half of that (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    kairo::cli::run()
}
