//! When a provider is left alone.

use Verdict::{Failing, Silent, Well};

use super::*;

const fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn say(breaker: &mut Breaker, verdicts: &[Verdict], now: Duration) {
    for verdict in verdicts {
        let ticket = breaker.enter(now).unwrap();
        breaker.judge(ticket, *verdict, now);
    }
}

fn opened(now: Duration) -> Breaker {
    let mut breaker = Breaker::new(Rule::default());
    say(&mut breaker, &[Failing; 20], now);
    breaker
}

// Goal: it opens at half of twenty calls, not at fewer calls and not at a smaller share.
#[test]
fn it_opens_at_half_of_twenty() {
    let mut breaker = Breaker::new(Rule::default());
    say(&mut breaker, &[Failing; 19], at(0));
    assert!(breaker.enter(at(0)).is_some());
    let mut breaker = Breaker::new(Rule::default());
    say(&mut breaker, &[Well; 11], at(0));
    say(&mut breaker, &[Failing; 9], at(0));
    assert!(breaker.enter(at(0)).is_some());
    say(&mut breaker, &[Failing; 2], at(0));
    assert_eq!(breaker.enter(at(0)), None);
}

// Goal: what is older than half a minute does not count, and neither does silence.
#[test]
fn it_forgets() {
    let mut breaker = Breaker::new(Rule::default());
    say(&mut breaker, &[Failing; 19], at(0));
    say(&mut breaker, &[Silent; 50], at(1_000));
    say(&mut breaker, &[Failing; 1], at(31_000));
    assert!(breaker.enter(at(31_000)).is_some());
    let State::Closed(seconds) = &breaker.state else { unreachable!() };
    assert_eq!(seconds.len(), 1);
}

// Goal: after a while one call finds out, and only one at a time.
#[test]
fn one_call_finds_out() {
    let mut breaker = opened(at(0));
    assert_eq!(breaker.enter(at(9_999)), None);
    let probe = breaker.enter(at(10_000)).unwrap();
    assert_eq!(breaker.enter(at(10_000)), None);
    breaker.judge(probe, Failing, at(11_000));
    assert_eq!(breaker.enter(at(20_999)), None);
    let probe = breaker.enter(at(21_000)).unwrap();
    breaker.judge(probe, Silent, at(22_000));
    let probe = breaker.enter(at(22_000)).unwrap();
    breaker.judge(probe, Well, at(23_000));
    say(&mut breaker, &[Failing; 19], at(23_000));
    assert!(breaker.enter(at(23_000)).is_some(), "it begins anew");
}

// Goal: calls of before do not decide about now.
#[test]
fn late_words_do_not_count() {
    let mut breaker = Breaker::new(Rule::default());
    let late = breaker.enter(at(0)).unwrap();
    say(&mut breaker, &[Failing; 20], at(0));
    breaker.judge(late, Well, at(1));
    assert_eq!(breaker.enter(at(1)), None);
    let probe = breaker.enter(at(10_000)).unwrap();
    breaker.judge(late, Failing, at(10_000));
    breaker.judge(probe, Well, at(10_001));
    breaker.judge(late, Failing, at(10_002));
    assert!(breaker.enter(at(10_002)).is_some());
}
