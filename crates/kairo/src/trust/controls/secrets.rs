//! What secrets look like: private keys and tokens of known shapes, found in bytes of any kind.
//!
//! **Invariant:** a shape is a prefix that nothing else begins with and enough random signs after
//! it, so that a name in documentation is no finding and a real key is.

/// A shape, by its name.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// What it opens.
    pub name: &'static str,
    prefix: &'static str,
    signs: usize,
    of: fn(u8) -> bool,
}

const fn shape(name: &'static str, prefix: &'static str, signs: usize) -> Shape {
    Shape { name, prefix, signs, of: is_url_safe }
}

/// Kairo's own come first: a session, a token, a link, a browser's binding.
const SHAPES: [Shape; 12] = [
    shape("a session of Kairo", "ks1_", 43),
    shape("an API token of Kairo", "kt1_", 43),
    shape("a sign-in link of Kairo", "kl1_", 43),
    shape("a browser's binding of Kairo", "kb1_", 43),
    shape("an OpenAI key", "sk-proj-", 40),
    shape("an Anthropic key", "sk-ant-", 40),
    shape("a Resend key", "re_", 30),
    shape("a webhook secret", "whsec_", 32),
    shape("a GitHub token", "ghp_", 36),
    shape("a Slack token", "xoxb-", 40),
    Shape { name: "an AWS key id", prefix: "AKIA", signs: 16, of: is_upper },
    Shape { name: "a private key", prefix: "PRIVATE KEY-----", signs: 64, of: is_base64 },
];

/// Different signs that a random run has at least; an example made of one letter has not.
const DIFFERENT_MIN: usize = 10;

/// Examples of documentation that everybody knows, and that tests are held against: Svix's own for
/// the signature of a webhook.
const PUBLISHED: [&str; 1] = ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];

fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// The shapes that stand in some bytes.
pub fn found(bytes: &[u8]) -> impl Iterator<Item = Shape> {
    SHAPES.into_iter().filter(|shape| shape.is_in(bytes))
}

impl Shape {
    fn is_in(&self, bytes: &[u8]) -> bool {
        let prefix = self.prefix.as_bytes();
        let Some((first, rest)) = prefix.split_first() else { return false };
        let mut left = bytes;
        let mut before = None;
        while let Some(at) = left.iter().position(|byte| byte == first) {
            let former = at.checked_sub(1).and_then(|at| left.get(at)).copied().or(before);
            let after = left.get(at + 1..).unwrap_or_default();
            // `pre_…` and `some_re_…` are not `re_…`.
            let begins = former.is_none_or(|byte| !is_url_safe(byte));
            if begins && after.starts_with(rest) {
                let value = after.get(rest.len()..).unwrap_or_default();
                if self.is_random(value) {
                    return true;
                }
            }
            before = left.get(at).copied();
            left = after;
        }
        false
    }

    fn is_random(&self, value: &[u8]) -> bool {
        // A key in a file, in a log or in a source has its line ends written in one way or another.
        let start = value.iter().position(|byte| !matches!(byte, b'\n' | b'\r' | b'\\' | b'n'));
        let skipped =
            if self.prefix.ends_with('-') && self.prefix.len() > 8 { start } else { None };
        let value = value.get(skipped.unwrap_or(0)..).unwrap_or_default();
        let run: Vec<u8> = value.iter().copied().take_while(|byte| (self.of)(*byte)).collect();
        if PUBLISHED.iter().any(|it| it.as_bytes() == run) {
            return false;
        }
        let mut signs = run.get(..self.signs).unwrap_or_default().to_vec();
        signs.sort_unstable();
        signs.dedup();
        let has = |kind: fn(&u8) -> bool| signs.iter().any(kind);
        // Names in a program are long, too, but seldom of every kind of sign at once.
        let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase);
        signs.len() >= DIFFERENT_MIN && is_mixed && (has(u8::is_ascii_lowercase) || self.signs < 20)
    }
}
