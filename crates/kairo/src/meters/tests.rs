//! What the counters promise.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::process::{open_files_max, resident_bytes};
use super::recorder::builder;
use super::*;

/// The names of the series of a page, with their labels.
fn series(page: &str) -> BTreeSet<String> {
    let lines = page.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

// Goal: counts come out under their names with their labels, and histograms with their bounds.
#[test]
fn counts_are_shown() {
    let recorder = builder().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        answered("GET", "/items/{id}", 200, Duration::from_millis(3));
        answered("GET", "/items/{id}", 204, Duration::from_millis(30));
        answered("GET", "/items/{id}", 404, Duration::from_millis(3));
        throttled(Bound::Source);
        batch("kairo_app", "done", Instant::now());
        sign_in_asked("sent");
        captured();
        letters_waiting(3);
        assert_eq!(reading(|| 7), 7);
    });
    let page = handle.render();
    for line in [
        "kairo_http_requests_total{method=\"GET\",route=\"/items/{id}\",class=\"2xx\"} 2",
        "kairo_http_requests_total{method=\"GET\",route=\"/items/{id}\",class=\"4xx\"} 1",
        "kairo_http_request_duration_seconds_bucket{route=\"/items/{id}\",le=\"0.005\"} 2",
        "kairo_http_request_duration_seconds_count{route=\"/items/{id}\"} 3",
        "kairo_throttled_total{bound=\"source\"} 1",
        "kairo_db_batches_total{role=\"kairo_app\",outcome=\"done\"} 1",
        "kairo_sign_in_asks_total{outcome=\"sent\"} 1",
        "kairo_captures_total 1",
        "kairo_mail_waiting 3",
        "kairo_reading_duration_microseconds_count 1",
    ] {
        assert!(page.lines().any(|it| it == line), "{line} is not in\n{page}");
    }
    assert!(!page.contains("quantile"), "{page}");
}

// Goal: what the guard grants and refuses is counted under a few words; money is as it was read.
#[test]
fn calls_to_models_are_counted() {
    let recorder = builder().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        granted("normal", "capture", 1, false);
        granted("small", "chat", 1, true);
        call_refused("month");
        model_called("small", "timed_out");
        day_spend(4_000_000_000, 20_000_000_000);
        day_spend(-1, 20_000_000_000);
    });
    let page = handle.render();
    for line in [
        "kairo_credits_granted_total{class=\"normal\",task=\"capture\"} 1",
        "kairo_credits_granted_total{class=\"small\",task=\"chat\"} 1",
        "kairo_downshifted_grants_total 1",
        "kairo_call_refusals_total{why=\"month\"} 1",
        "kairo_model_calls_total{class=\"small\",outcome=\"timed_out\"} 1",
        "kairo_day_spend_nanodollars 0",
        "kairo_day_ceiling_nanodollars 20000000000",
    ] {
        assert!(page.lines().any(|it| it == line), "{line} is not in\n{page}");
    }
}

// Goal: what this process throttled can be read without a recorder.
#[test]
fn throttles_are_counted_without_a_recorder() {
    let of = |bound| {
        throttled_here().iter().find(|(it, _)| *it == bound).map(|(_, count)| *count).unwrap()
    };
    let before = of(Bound::SignIn);
    throttled(Bound::SignIn);
    assert!(of(Bound::SignIn) > before);
}

// Goal: a hundred thousand requests of a few routes make no more series than one of each does.
#[test]
fn the_number_of_series_has_a_bound() {
    let recorder = builder().build_recorder();
    let handle = recorder.handle();
    let ask = |status| {
        for route in ["/", "/items/{id}", "(no route)"] {
            answered("GET", route, status, Duration::from_millis(u64::from(status)));
        }
    };
    metrics::with_local_recorder(&recorder, || [200, 303, 404, 500].map(ask));
    let few = series(&handle.render());
    metrics::with_local_recorder(&recorder, || {
        (0..100_000u32).for_each(|n| {
            ask(u16::try_from(200 + n % 400).unwrap());
        });
    });
    assert_eq!(series(&handle.render()), few);
}

// Goal: each family has a name of its own, in the form that Prometheus takes, and says what it is.
#[test]
fn families_are_well_named() {
    let mut names = BTreeSet::new();
    for family in families() {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        assert!(family.name.bytes().all(plain), "{}", family.name);
        assert_eq!(family.name.ends_with("_total"), family.kind == Kind::Counter, "{family:?}");
        assert!(!family.help.is_empty() && names.insert(family.name), "{family:?}");
    }
}

// Goal: the kernel's pages are read as proc(5) writes them; what is not there is nothing.
#[test]
fn the_process_is_read() {
    assert_eq!(resident_bytes("VmHWM:\t 9 kB\nVmRSS:\t   12345 kB\n"), 12_641_280);
    let limits = "Max processes  7  8  processes\nMax open files            1024   524288  files\n";
    assert_eq!(open_files_max(limits), 1_024);
    assert_eq!((resident_bytes(""), open_files_max("Max open files  unlimited")), (0, 0));
    let here = process::Process::now();
    assert!(here.resident_bytes > 1 << 20 && here.open_files > 2, "{here:?}");
}
