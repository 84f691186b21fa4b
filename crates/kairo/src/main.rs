//! The program: reads its arguments and hands over to [`kairo::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A guarded call makes and drops more than a hundred small things, a seventh of its time with the
/// system's allocator; with this one a call takes a tenth less (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    kairo::cli::run()
}
