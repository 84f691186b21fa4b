//! When a provider is asked again.

use super::*;

// Goal: in the long run one further attempt comes with ten calls, after a burst of ten.
#[test]
fn the_budget_is_a_share() {
    let mut budget = Budget::new();
    assert_eq!((0..100).filter(|_| budget.spend()).count(), 10);
    let further = (0..1_000).filter(|_| {
        budget.earn();
        budget.spend()
    });
    assert_eq!(further.count(), 100);
    (0..100_000).for_each(|_| budget.earn());
    assert_eq!((0..100).filter(|_| budget.spend()).count(), 10);
}

// Goal: waits grow and are spread, and what the provider asks for counts up to a bound.
#[test]
fn waits_grow() {
    let ms = |attempts, asked: Option<u64>, random| {
        wait(attempts, asked.map(Duration::from_millis), random).map(|it| it.as_millis())
    };
    assert_eq!((ms(1, None, 0), ms(1, None, 255)), (Some(125), Some(250)));
    assert_eq!((ms(2, None, 0), ms(2, None, 255)), (Some(250), Some(500)));
    assert_eq!((ms(1, Some(0), 0), ms(1, Some(2_000), 0)), (Some(125), Some(2_000)));
    assert_eq!(ms(1, Some(2_001), 0), None);
    assert!(ms(u32::MAX, None, 255).is_some());
}
