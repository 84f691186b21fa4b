//! English sayings, and words beside a word of time that make it a part of a name.
//!
//! **Invariant:** lower case throughout, and only words of the language: no title, brand or person
//! stands here for its own sake.

/// Fixed sayings in which no word means a time, as the lexer cuts them.
#[rustfmt::skip]
pub(crate) const SAYINGS: &[&[&str]] = &[
    &["month", "of", "sundays"], &["o'clock", "shadow"], &["o'clock", "somewhere"],
    &["o'clock", "news"], &["24", "/", "7"], &["24", "/", "7", "/", "365"],
    &["9", "to", "5", "job"], &["9", "-", "5", "job"], &["nine", "to", "five", "job"],
    &["9", "to", "5", "grind"], &["nine", "to", "five", "grind"], &["working", "9", "to", "5"],
    &["working", "nine", "to", "five"], &["eleventh", "hour"], &["blue", "moon"],
    &["midnight", "sun"], &["midnight", "oil"], &["midnight", "snack"], &["midnight", "snacks"],
    &["midnight", "blue"], &["god", "it's", "friday"], &["day", "after", "day"],
    &["week", "after", "week"], &["month", "after", "month"], &["year", "after", "year"],
    &["night", "after", "night"], &["day", "in", "day", "out"], &["day", "in", ",", "day", "out"],
    &["year", "in", "year", "out"], &["year", "in", ",", "year", "out"], &["no", "tomorrow"],
    &["tomorrow", "never"], &["tomorrow", "is", "another", "day"], &["here", "today", "gone"],
    &["here", "today", ",", "gone"], &["gone", "tomorrow"], &["christmas", "in", "july"],
    &["days", "of", "christmas"], &["night", "before", "christmas"], &["minutes", "of", "fame"],
    &["seconds", "of", "fame"], &["morning", "after", "pill"], &["wasn't", "born", "yesterday"],
    &["not", "born", "yesterday"], &["born", "yesterday"], &["like", "it", "was", "yesterday"],
    &["from", "day", "one"], &["since", "day", "one"], &["at", "sixes", "and", "sevens"],
    &["of", "the", "day", "it"], &["of", "the", "day", "it's"], &["of", "the", "day", ",", "it"],
    &["of", "the", "day", "we"], &["of", "the", "day", "what"], &["of", "the", "day", "that"],
    &["youth", "of", "today"], &["kids", "of", "today"], &["one", "day", "at", "a", "time"],
    &["sunday", "best"], &["sunday", "driver"], &["monday", "morning", "quarterback"],
    &["today", "years", "old"],
    &["one", "fine", "day"], &["after", "sun"], &["from", "sun", "up"], &["sat", "nav"], &["mon", "dieu"],
    &["mon", "ami"], &["mon", "amour"], &["mon", "cheri"], &["at", "one", "with"],
    &["all", "day", "long"],
    &["half", "past", "caring"], &["until", "the", "end", "of", "time"], &["second", "to", "none"],
];

/// Things that are made, printed or played: a word of time right before them is a part of their
/// name ("monday motivation quotes", "5 am club book"), since nobody plans a poster for a day
/// without a verb.
#[rustfmt::skip]
pub(crate) const MADE_THINGS: &[&str] = &[
    "album", "albums", "alternatives", "app", "apps", "artwork", "audiobook", "bestseller", "biography", "blog",
    "bluray", "boxset", "calories", "cartoon", "cd", "chords", "comic", "costume",
    "costumes", "definition", "documentary", "dvd", "edition", "emoji", "emojis", "ep", "etymology", "fanfiction",
    "film", "films", "filmography", "font", "fonts", "generator", "gif", "gifs", "guide", "guidelines", "hoodie", "ideas", "jersey",
    "karaoke", "layout", "lp", "lyrics", "magazine", "meme", "memes", "merch", "miniseries", "mug",
    "novel", "novels", "outfit", "outfits", "painting", "paperback", "meaning", "origin", "perfume", "pics", "plugin", "policy",
    "poem", "poems", "poster", "posters", "printable", "programme", "prequel", "quiz",
    "quote", "quotes", "recipe", "recipes", "remake", "remix", "screenplay", "sequel", "serum",
    "sitcom", "soundtrack", "soundtracks", "song", "songs", "spreadsheet", "sticker", "stickers",
    "storyline", "tabs", "template", "templates", "tracklist", "trailer", "translation", "trilogy",
    "trivia", "tshirt", "tutorial", "typeface", "vinyl", "wallpaper", "wallpapers", "widget",
];

/// What comes from somebody or from a past day: "notes from Monday", "recipe from June".
#[rustfmt::skip]
pub(crate) const SENT_THINGS: &[&str] = &[
    "article", "bill", "call", "card", "cards", "clip", "dress", "email", "emails", "episode",
    "feedback", "footage", "gift", "gifts", "invoice", "invoices", "leftovers", "letter", "letters",
    "line", "mail", "memories", "memo", "message", "messages", "minutes", "news", "note", "notes",
    "order", "package", "parcel", "photo", "photos", "pic", "pics", "picture", "pictures", "pizza",
    "postcard", "present", "quote", "receipt", "receipts", "recipe", "recipes", "recording", "reply",
    "results", "screenshot", "selfie", "slides", "song", "souvenir", "stats", "stories", "story",
    "text", "texts", "ticket", "video", "videos", "voicemail",
];

/// What is thought of a day: "Friday is my favourite day", "tomorrow is the worst".
#[rustfmt::skip]
pub(crate) const OPINIONS: &[&str] = &[
    "amazing", "another", "awesome", "awful", "bad", "best", "better", "boring", "called", "cancelled",
    "crazy", "crowded", "fantastic", "favorite", "favourite", "fun", "good", "great", "hard", "hell",
    "horrible", "just", "lovely", "name", "named", "nice", "only", "overrated", "perfect", "rough", "sad",
    "such", "terrible", "too", "tough", "underrated", "weird", "wonderful", "worse", "worst",
];

/// Ways that are named after a date ("11 November Street").
pub(crate) const STREETS: &[&str] =
    &["street", "avenue", "ave", "road", "square", "bridge", "boulevard", "plaza"];

/// What takes place in a street, so that the date before it is one ("4 July street party").
pub(crate) const STREET_EVENTS: &[&str] = &[
    "art", "cleaning", "closure", "fair", "festival", "food", "market", "music", "party", "parade",
];

/// "how many", "how long": words of a question that plans nothing.
pub(crate) const HOW: &[&str] =
    &["many", "much", "long", "old", "far", "often", "come", "tall", "big"];

/// Before the name of a person, which may be that of a day or a month ("Dr. May").
pub(crate) const TITLES: &[&str] = &["mr", "mrs", "ms", "miss", "dr", "prof", "lady", "saint"];

/// What follows a mark out of ten ("2/10 would not recommend").
pub(crate) const AFTER_MARKS: &[&str] = &[
    "would",
    "wouldn't",
    "recommend",
    "recommended",
    "rating",
    "rated",
    "score",
    "stars",
    "agree",
    "dentists",
    "doctors",
    "people",
    "users",
    "customers",
    "performance",
    "effort",
];

/// What follows a fraction ("5/8 bolt", "1/12 scale").
pub(crate) const AFTER_FRACTIONS: &[&str] = &[
    "bolt",
    "bolts",
    "chord",
    "drive",
    "drill",
    "hose",
    "inch",
    "inches",
    "majority",
    "meter",
    "metre",
    "nut",
    "nuts",
    "pipe",
    "plywood",
    "ratchet",
    "rod",
    "scale",
    "screw",
    "screws",
    "screwdriver",
    "socket",
    "sockets",
    "spanner",
    "split",
    "tap",
    "thread",
    "time",
    "tubing",
    "washer",
    "wrench",
];

/// Words that stand with a capital in the midst of a title, and hardly in a note.
#[rustfmt::skip]
pub(crate) const IN_TITLES: &[&str] = &[
    "who", "was", "were", "it's", "never", "always", "my", "we", "you", "your", "he", "she", "they",
    "dies", "lives", "forever", "ever", "that", "what", "how", "whom", "don't", "ain't", "isn't",
];

/// Times that no calendar holds: a season is as long as a quarter, and sunrise needs a place. They
/// give no date, but somebody may be asked.
pub(crate) const VAGUE_TIMES: &[&str] = &[
    "summer",
    "winter",
    "autumn",
    "spring",
    "fall",
    "sunrise",
    "sunset",
    "sundown",
    "sunup",
    "dawn",
    "dusk",
    "daybreak",
    "nightfall",
    "twilight",
    "season",
    "term",
    "semester",
];

/// Things of a holiday that are not had on the day alone ("Independence Day movie").
pub(crate) const HOLIDAY_THINGS: &[&str] = &[
    "movie",
    "movies",
    "decorations",
    "sweater",
    "deals",
    "jumper",
    "ornaments",
    "playlist",
    "speech",
    "wrapping",
];

/// Verbs before a change of version ("bump node from 20.11 to 22.3").
pub(crate) const VERSIONING: &[&str] =
    &["bump", "upgrade", "upgraded", "update", "updated", "downgrade", "migrate", "migrated"];
