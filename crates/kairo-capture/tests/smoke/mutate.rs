//! Texts made of other texts: words moved, doubled and glued, halves of two texts joined, words of
//! our own put in, characters broken, and growth up to 4 KiB.

use kairo_capture::{Context, DateOrder};

/// Largest text, in bytes; the bound that the reader's speed is promised for.
pub const TEXT_BYTES_MAX: usize = 4 * 1024;

/// Characters that break words, numbers and encodings.
const STRANGE: &[char] = &[
    '\0', '\u{a0}', '\u{ad}', '\u{200b}', '\u{202e}', '\u{feff}', '\u{301}', 'ß', 'İ', 'ſ', '½',
    '٣', '日', '🎉', '’', '“', '–', '…', '\n', '\t', '"', '\\', '/', ':', '.', ',', '-', '(', ')',
    '@', '#', '~', '+', '!', '\'', '0', '9',
];

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        of.get(self.below(of.len())).unwrap()
    }
}

/// A place between two characters.
fn cut(text: &str, random: &mut Random) -> usize {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The text up to a number of bytes.
fn cropped(mut text: String, bytes: usize) -> String {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// One text made of the texts of a pool and the words of a dictionary.
pub fn mutated(random: &mut Random, pool: &[String], words: &[String]) -> String {
    let mut text = random.one(pool).clone();
    for _ in 0..=random.below(3) {
        text = match random.below(8) {
            0 | 1 => {
                let other = random.one(pool);
                spliced(random, &text, other)
            }
            2 | 3 => reworded(random, &text, words),
            4 => format!("{text} {}", random.one(pool)),
            5 => crossed(random, &text, words),
            6 if random.below(40) == 0 => grown(random, &text, words),
            _ => broken(random, &text),
        };
    }
    // Most texts stay short, so that there are many of them.
    cropped(text, if random.below(8) == 0 { TEXT_BYTES_MAX } else { 600 })
}

/// The beginning of one text and the end of another.
fn spliced(random: &mut Random, one: &str, two: &str) -> String {
    let (first, second) = (cut(one, random), cut(two, random));
    let mut text = one.get(..first).unwrap().to_owned();
    text.push_str(two.get(second..).unwrap());
    text
}

/// Words moved, doubled, dropped, glued, or put in from the dictionary.
fn reworded(random: &mut Random, text: &str, words: &[String]) -> String {
    let mut parts: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for _ in 0..=random.below(3) {
        let (one, two) = (random.below(parts.len()), random.below(parts.len()));
        match random.below(6) {
            0 => parts.swap(one, two),
            1 => parts.insert(one, parts.get(two).unwrap().clone()),
            2 if parts.len() > 1 => drop(parts.remove(one)),
            3 => {
                let glued = parts.get(two).unwrap().clone();
                parts.get_mut(one).unwrap().push_str(&glued);
            }
            4 => parts.insert(one, random.one(words).clone()),
            _ => *parts.get_mut(one).unwrap() = random.one(words).clone(),
        }
    }
    parts.join(" ")
}

/// A word of the dictionary written over a place, without a space on either side.
fn crossed(random: &mut Random, text: &str, words: &[String]) -> String {
    let at = cut(text, random);
    let (before, after) = text.split_at(at);
    format!("{before}{}{after}", random.one(words))
}

/// Doubled until it is long, each time with a word more.
fn grown(random: &mut Random, text: &str, words: &[String]) -> String {
    let mut text = text.to_owned();
    while !text.is_empty() && text.len() < TEXT_BYTES_MAX {
        text = format!("{text} {} {text}", random.one(words));
    }
    text
}

/// Single characters put in, taken out or written over.
fn broken(random: &mut Random, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(4) {
        let at = random.below(chars.len());
        match random.below(3) {
            1 if chars.len() > 1 => drop(chars.remove(at)),
            2 if !chars.is_empty() => {
                *chars.get_mut(at).unwrap() = char::from(u8::try_from(random.below(128)).unwrap());
            }
            _ => chars.insert(at, *random.one(STRANGE)),
        }
    }
    chars.into_iter().collect()
}

/// One of the references that calendars are hard at.
pub fn context(random: &mut Random) -> Context {
    let at = ["2026-11-23T10:42", "2028-02-29T23:59:59", "2027-03-14T01:30", "1999-12-31T00:00"];
    let zones = ["America/New_York", "Europe/London", "Pacific/Apia", "Asia/Kolkata", "UTC"];
    let reference = random.one::<&str>(&at).parse().unwrap();
    let mut context = Context::new(reference, random.one::<&str>(&zones)).unwrap();
    context.date_order = *random.one(&[DateOrder::Mdy, DateOrder::Dmy]);
    context
}
