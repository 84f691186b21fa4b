//! Numbers as the operator's page says them.

use super::{dollars, share};

// Goal: money is said in parts of a cent where it is little, and never below nothing.
#[test]
fn money_is_said_in_dollars() {
    let cases = [
        (-5, "$0"),
        (0, "$0"),
        (1, "$0.0000"),
        (12_300_000, "$0.0123"),
        (999_999_999, "$0.9999"),
        (1_000_000_000, "$1.00"),
        (20_000_000_000, "$20.00"),
        (1_234_567_890_000, "$1,234.56"),
    ];
    for (nano, said) in cases {
        assert_eq!(dollars(nano), said, "{nano}");
    }
}

// Goal: a share of nothing is nothing, and no product of large numbers overflows.
#[test]
fn shares_are_whole_percent() {
    assert_eq!((share(1, 0), share(0, 9), share(1, 3), share(9, 9)), (0, 0, 33, 100));
    assert_eq!(share(i64::MAX, i64::MAX), 100);
    assert_eq!(share(15, 10), 150);
}
