//! The code as people type it.

use super::{normal_code, shown_code};

// Goal: a code typed the way people type is the code that was sent.
#[test]
fn a_code_survives_being_typed() {
    for typed in ["4K7M-2QXD", "4k7m2qxd", " 4K7M 2QXD ", "4k-7m-2q-xd"] {
        assert_eq!(*normal_code(typed), "4K7M2QXD");
    }
    assert_eq!(*normal_code("oil0"), "0110");
    assert_ne!(*normal_code("4K7M2QXDX"), "4K7M2QXD");
    assert_eq!(*shown_code("4K7M2QXD"), "4K7M-2QXD");
}
