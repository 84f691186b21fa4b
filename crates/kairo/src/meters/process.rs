//! What the kernel knows of this process (proc(5)).

use std::fs;

/// What is resident of it, and how many files it has open and may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) resident_bytes: u64,
    pub(super) open_files: u64,
    pub(super) open_files_max: u64,
}

impl Process {
    /// Looks now; what cannot be read is 0.
    pub(super) fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let open_files = fs::read_dir("/proc/self/fd").map_or(0, |files| files.count());
        Self {
            resident_bytes: resident_bytes(&status),
            // The look itself has one open.
            open_files: u64::try_from(open_files).unwrap_or(0).saturating_sub(1),
            open_files_max: open_files_max(&limits),
        }
    }
}

/// `VmRSS:     12345 kB`, where a kB has 1,024 bytes.
pub(super) fn resident_bytes(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or(0).saturating_mul(1_024)
}

/// `Max open files            1024      524288      files`: the soft one counts.
pub(super) fn open_files_max(limits: &str) -> u64 {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
