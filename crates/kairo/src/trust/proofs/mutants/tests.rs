//! The terms of an expression, which the mutants take out one by one.

use super::make::conjuncts;

fn terms(text: &str) -> Vec<&str> {
    conjuncts(text).into_iter().map(|range| &text[range]).collect()
}

// Goal: terms are found at every depth, and nothing in quotes is one.
#[test]
fn terms_of_an_expression() {
    assert_eq!(terms("(user_id = 1)"), Vec::<&str>::new());
    assert_eq!(terms("((a = 1) AND (b = 2))"), ["(a = 1)", "(b = 2)"]);
    assert_eq!(terms("a AND b"), ["a", "b"]);
    assert_eq!(
        terms("((a = ' AND ') AND (EXISTS ( SELECT FROM t WHERE ((c = 3) AND (d = 4)))))"),
        [
            "(c = 3)",
            "(d = 4)",
            "(a = ' AND ')",
            "(EXISTS ( SELECT FROM t WHERE ((c = 3) AND (d = 4))))"
        ]
    );
}
