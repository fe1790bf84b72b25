//! What a process has used so far, by the system's own count; on Linux.

use std::fs;

/// Ticks a second of `/proc`'s times, on every Linux.
const TICKS: f64 = 100.0;

/// Seconds of processor time of all its threads, in its own code and the system's.
pub(crate) fn cpu(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // Fields are counted after the program's name, which may hold anything.
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks: f64 = fields.split(' ').skip(11).take(2).map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / TICKS
}

/// Resident memory, in bytes.
pub(crate) fn memory(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    resident.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0
}

/// How many files a process of this user may have open.
pub(crate) fn open_files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    line.split_whitespace().next().and_then(|soft| soft.parse().ok()).unwrap_or(usize::MAX)
}
