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
    &["here", "today", "gone", "tomorrow"], &["here", "today", ",", "gone", "tomorrow"],
    &["tomorrow", "never"], &["tomorrow", "is", "another", "day"], &["christmas", "in", "july"],
    &["days", "of", "christmas"], &["night", "before", "christmas"], &["minutes", "of", "fame"],
    &["seconds", "of", "fame"], &["morning", "after", "pill"], &["wasn't", "born", "yesterday"],
    &["not", "born", "yesterday"], &["born", "yesterday"], &["like", "it", "was", "yesterday"],
    &["from", "day", "one"], &["since", "day", "one"], &["at", "sixes", "and", "sevens"],
    &["of", "the", "day", "it"], &["of", "the", "day", "it's"], &["of", "the", "day", ",", "it"],
    &["of", "the", "day", "what"], &["youth", "of", "today"], &["kids", "of", "today"],
    &["one", "day", "at", "a", "time"], &["every", "day", "counts"], &["every", "hour", "counts"],
    &["every", "minute", "counts"], &["every", "second", "counts"], &["sunday", "best"],
    &["sunday", "driver"], &["monday", "morning", "quarterback"], &["today", "years", "old"],
    &["one", "fine", "day"], &["after", "sun"], &["from", "sun", "up"], &["sat", "nav"],
    &["mon", "dieu"], &["mon", "ami"], &["mon", "amour"], &["mon", "cheri"], &["at", "one", "with"],
    &["live", "for", "today"], &["don't", "put", "off", "until", "tomorrow"],
    &["half", "past", "caring"], &["until", "the", "end", "of", "time"], &["second", "to", "none"],
];

/// Things that are made, printed or played: a word of time right before them is a part of their
/// name ("monday motivation quotes", "5 am club book"), since nobody plans a poster for a day
/// without a verb.
#[rustfmt::skip]
pub(crate) const MADE_THINGS: &[&str] = &[
    "album", "albums", "alternatives", "app", "apps", "artwork", "audiobook", "bestseller",
    "biography", "bluray", "boxset", "calories", "cd", "chords", "comic", "costume", "costumes",
    "definition", "documentary", "dvd", "edition", "emoji", "emojis", "ep", "etymology",
    "fanfiction", "filmography", "font", "fonts", "generator", "gif", "gifs", "guide", "guidelines",
    "hoodie", "ideas", "jersey", "layout", "lp", "lyrics", "magazine", "meaning", "meme", "memes",
    "merch", "miniseries", "mug", "novel", "novels", "origin", "outfit", "outfits", "paperback",
    "perfume", "pics", "plugin", "poem", "poems", "policy", "poster", "posters", "prequel",
    "printable", "programme", "quote", "quotes", "recipe", "recipes", "remake", "remix",
    "screenplay", "sequel", "series", "serum", "sitcom", "song", "songs", "soundtrack",
    "soundtracks", "spreadsheet", "sticker", "stickers", "stories", "storyline", "tabs", "template",
    "templates", "tracklist", "trailer", "trilogy", "trivia", "tshirt", "typeface", "vinyl",
    "wallpaper", "wallpapers", "widget",
];

/// What comes from somebody or from a past day: "notes from Monday", "recipe from June".
#[rustfmt::skip]
pub(crate) const SENT_THINGS: &[&str] = &[
    "article", "bill", "call", "card", "cards", "clip", "dress", "email", "emails", "episode",
    "feedback", "footage", "gift", "gifts", "invoice", "invoices", "leftovers", "letter", "letters",
    "line", "mail", "memo", "memories", "message", "messages", "minutes", "news", "note", "notes",
    "order", "package", "parcel", "photo", "photos", "pic", "pics", "picture", "pictures", "pizza",
    "postcard", "present", "quote", "receipt", "receipts", "recipe", "recipes", "recording",
    "reply", "results", "screenshot", "selfie", "slides", "song", "souvenir", "stats", "stories",
    "story", "text", "texts", "ticket", "video", "videos", "voicemail",
];

/// What is thought of a day: "Friday is my favourite day", "tomorrow is the worst".
#[rustfmt::skip]
pub(crate) const OPINIONS: &[&str] = &[
    "amazing", "another", "awesome", "awful", "best", "boring", "called", "crowded", "fantastic",
    "favorite", "favourite", "fun", "hell", "horrible", "just", "lovely", "name", "named", "only",
    "overrated", "sad", "such", "terrible", "too", "underrated", "weird", "wonderful", "worse",
    "worst",
];

/// Ways that are named after a date ("11 November Street").
#[rustfmt::skip]
pub(crate) const STREETS: &[&str] = &[
    "ave", "avenue", "boulevard", "bridge", "plaza", "road", "square", "street",
];

/// What takes place in a street, so that the date before it is one ("4 July street party").
#[rustfmt::skip]
pub(crate) const STREET_EVENTS: &[&str] = &[
    "art", "cleaning", "closure", "club", "dance", "fair", "festival", "food", "market", "music",
    "parade", "party", "race", "rally", "tournament", "trip", "works",
];

/// "how many", "how long": words of a question that plans nothing.
#[rustfmt::skip]
pub(crate) const HOW: &[&str] = &[
    "big", "come", "far", "long", "many", "much", "often", "old", "tall",
];

/// What is thought of a day that is over, or of a kind of day ("Friday was good"); "Friday is good"
/// agrees to one.
#[rustfmt::skip]
pub(crate) const GRADES: &[&str] = &[
    "bad", "better", "crazy", "fine", "good", "great", "hard", "nice", "perfect", "rough", "tough",
];

/// Verbs whose object is a word and not what it says ("spell Wednesday").
#[rustfmt::skip]
pub(crate) const OF_WORDS: &[&str] = &["spell", "spelling", "pronounce", "translate", "define"];

/// Before the name of a person, which may be that of a day or a month ("Dr. May").
#[rustfmt::skip]
pub(crate) const TITLES: &[&str] = &[
    "dr", "lady", "miss", "mr", "mrs", "ms", "prof", "saint",
];

/// What follows a mark out of ten ("2/10 would not recommend").
#[rustfmt::skip]
pub(crate) const AFTER_MARKS: &[&str] = &[
    "agree", "customers", "dentists", "doctors", "effort", "people", "performance", "rated",
    "rating", "recommend", "recommended", "score", "stars", "users", "would", "wouldn't",
];

/// What follows a fraction ("5/8 bolt", "1/12 scale").
#[rustfmt::skip]
pub(crate) const AFTER_FRACTIONS: &[&str] = &[
    "bolt", "bolts", "chord", "hose", "inch", "inches", "majority", "meter", "metre", "nut", "nuts",
    "pipe", "plywood", "ratchet", "rod", "scale", "screw", "screwdriver", "screws", "socket",
    "sockets", "spanner", "split", "thread", "tubing", "washer", "wrench",
];

/// Words that stand with a capital in the midst of a title, and hardly in a note.
#[rustfmt::skip]
pub(crate) const IN_TITLES: &[&str] = &[
    "ain't", "always", "dies", "ever", "forever", "isn't", "it's", "lives", "never", "was", "were",
    "who", "whom",
];

/// Times that no calendar holds: a season is as long as a quarter, and sunrise needs a place. They
/// give no date, but somebody may be asked.
#[rustfmt::skip]
pub(crate) const VAGUE_TIMES: &[&str] = &[
    "autumn", "dawn", "daybreak", "dusk", "fall", "nightfall", "season", "semester", "spring",
    "summer", "sundown", "sunrise", "sunset", "sunup", "term", "twilight", "winter",
];

/// Things of a holiday that are not had on the day alone ("Independence Day movie").
#[rustfmt::skip]
pub(crate) const HOLIDAY_THINGS: &[&str] = &[
    "deals", "decorations", "jumper", "movie", "movies", "ornaments", "playlist", "speech",
    "sweater", "wrapping",
];

/// Verbs before a change of version ("bump node from 20.11 to 22.3").
#[rustfmt::skip]
pub(crate) const VERSIONING: &[&str] = &[
    "bump", "downgrade", "migrate", "migrated", "update", "updated", "upgrade", "upgraded",
];
