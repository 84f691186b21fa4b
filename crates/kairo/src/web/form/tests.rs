//! What counts as text.

use super::is_utf8;

// Goal: text passes in any encoding of it, other bytes in none; a stray percent sign is text.
#[test]
fn only_text_passes() {
    for text in ["", "text=caf%C3%A9", "text=caf\u{e9}", "100%", "%", "%4", "%zz", "a=%00", "%25FF"]
    {
        assert!(is_utf8(text.as_bytes()), "{text}");
    }
    for bytes in ["%FF", "a=%C3", "%ed%a0%80", "a=%C3&b=%A9x", "x%e2%82"] {
        assert!(!is_utf8(bytes.as_bytes()), "{bytes}");
    }
    assert!(!is_utf8(b"a=\xff"));
}
