//! What may be set about a provider.

use super::*;

// Goal: a price is exact to the millionth of a dollar, and anything that is none is refused.
#[test]
fn prices_are_exact() {
    let read = |text| Price::parse(text).map(|price| (price.input, price.output));
    assert_eq!(read("2.50/10"), Some((2_500_000, 10_000_000)));
    assert_eq!(read(" 0.075 / 0.3 "), Some((75_000, 300_000)));
    assert_eq!(read("9999.999999/0"), Some((9_999_999_999, 0)));
    for bad in ["", "1", "1/", "/1", "1/2/3", "-1/2", "1e3/1", "1./2", ".5/1", "10000/1"] {
        assert_eq!(read(bad), None, "{bad}");
    }
    assert_eq!(read("0.0000001/1"), None);
}

// Goal: a cost is rounded up, and one that fits no number is the largest, never a small one.
#[test]
fn costs_are_rounded_up() {
    let price = Price::parse("0.05/0.40").unwrap();
    assert_eq!(price.of(1_000_000, 0), 50_000_000);
    assert_eq!((price.of(1, 0), price.of(0, 1), price.of(1, 1)), (50, 400, 450));
    assert_eq!(Price { input: 1, output: 0 }.of(1, 0), 1);
    assert_eq!(price.of(u64::MAX, u64::MAX), i64::MAX);
    assert_eq!(Price::FREE.of(u64::MAX, u64::MAX), 0);
}

// Goal: people's words and the key leave this machine over TLS alone, to a plain address.
#[test]
fn addresses() {
    for good in [
        "https://api.openai.com/v1",
        "https://api.openai.com/v1/",
        "https://localhost/v1",
        "http://127.0.0.1:11434/v1",
        "http://localhost:1234/v1",
        "http://localhost/v1",
        "http://[::1]:80",
    ] {
        assert!(base(good).is_ok(), "{good}");
    }
    for bad in [
        "http://api.openai.com/v1",
        "http://127.0.0.1.example.com:80/v1",
        "http://10.0.0.1:80/v1",
        "http://models.localhost/v1",
        "https://user:word@api.openai.com/v1",
        "https://api.openai.com/v1?x=1",
        "https://api.openai.com/../v1",
        "https://api.openai.com//v1",
        "ftp://api.openai.com",
        "api.openai.com",
    ] {
        assert!(base(bad).is_err(), "{bad}");
    }
}
