//! English words that guard or colour a reading, and names of more than one word.
//!
//! **Invariant:** lower case throughout.

use super::super::Holiday;
use jiff::civil::Weekday::{Friday, Monday, Sunday};

/// Nouns after an ordinal that make it no day of the month ("on the 2nd floor").
#[rustfmt::skip]
pub(crate) const ORDINAL_NOUNS: &[&str] = &[
    "floor", "attempt", "try", "place", "edition", "draft", "street", "st", "avenue", "ave",
    "grade", "round", "quarter", "page", "row", "step", "version", "person", "birthday",
    "anniversary", "note", "chapter", "time", "half", "century", "class", "degree", "base",
    "season", "episode", "part", "party", "line", "hand", "aid", "name", "week", "thing", "things",
    "item", "one", "level", "world", "book", "volume", "side", "choice", "option", "prize", "gear",
    "lap", "house", "door", "table", "pass", "copy", "opinion", "job", "language", "phase", "stage",
    "paragraph", "section", "date", "amendment", "year", "month", "hour", "minute", "trimester",
    "semester", "column", "slide", "question", "point", "reason", "interview", "meeting", "review",
    "batch", "set", "wave", "shot", "dose", "child", "son", "daughter", "kid", "wedding", "graders",
    "grader", "and", "of", "largest", "best", "most", "biggest", "highest",
];

/// Verbs that open a thing to do; after a time they begin the next clause.
#[rustfmt::skip]
pub(crate) const VERBS: &[&str] = &[
    "add", "apply", "approve", "arrange", "ask", "assemble", "backup", "bake", "bathe", "book",
    "borrow", "bring", "brush", "build", "buy", "call", "cancel", "change", "charge", "chase",
    "check", "clean", "close", "collect", "compare", "complete", "confirm", "contact", "cook",
    "copy", "create", "cut", "deliver", "deploy", "design", "discuss", "do", "donate", "download",
    "draft", "drink", "drive", "drop", "edit", "email", "empty", "exercise", "explain", "feed",
    "fetch", "file", "fill", "find", "finish", "fix", "fold", "follow", "get", "give", "go", "grab",
    "help", "hire", "install", "invite", "iron", "join", "learn", "leave", "let", "list", "look",
    "mail", "make", "measure", "meditate", "message", "monitor", "mop", "move", "mow", "note",
    "open", "order", "organise", "organize", "pack", "paint", "pay", "phone", "pick", "pickup",
    "ping", "plan", "plant", "play", "polish", "post", "practice", "practise", "pray", "prepare",
    "print", "publish", "purchase", "put", "read", "record", "refill", "register", "release",
    "remember", "remind", "remove", "renew", "rent", "repair", "replace", "reply", "report",
    "request", "research", "reserve", "respond", "return", "review", "rewrite", "ring", "run",
    "say", "scan", "schedule", "sell", "send", "set", "ship", "shop", "sign", "sort", "start",
    "stop", "store", "stretch", "study", "submit", "sweep", "switch", "take", "talk", "tell",
    "test", "text", "thank", "throw", "tidy", "train", "transfer", "try", "turn", "unpack",
    "update", "upgrade", "upload", "vacuum", "verify", "visit", "wait", "wake", "walk", "wash",
    "watch", "water", "wipe", "work", "workout", "wrap", "write",
];

/// Words that make a timed item an appointment even after a verb, or as the first word.
#[rustfmt::skip]
pub(crate) const EVENTS: &[&str] = &[
    "appointment", "appt", "attend", "bbq", "breakfast", "brunch", "ceremony", "checkup", "class",
    "coffee", "concert", "conference", "date", "demo", "dentist", "dinner", "drinks", "event",
    "flight", "game", "gig", "haircut", "hangout", "interview", "lecture", "lesson", "lunch",
    "match", "meet", "meeting", "meetup", "movie", "party", "practice", "presentation", "recital",
    "rehearsal", "retro", "seminar", "session", "show", "standup", "sync", "training", "webinar",
    "wedding", "workshop", "yoga", "supper", "train", "1:1",
];

/// Verbs of giving something another time ("move lunch from Tuesday to Thursday").
#[rustfmt::skip]
pub(crate) const MOVING: &[&str] = &[
    "move", "moved", "moving", "reschedule", "rescheduled", "rescheduling", "shift", "postpone",
    "postponed", "push", "pushed", "bump", "bumped", "change", "changed", "switch", "switched",
];

/// Words that a bare range of hours may follow ("lunch 12-1").
#[rustfmt::skip]
pub(crate) const MEETINGS: &[&str] = &[
    "lunch", "meeting", "practice", "class", "dinner", "breakfast", "brunch", "yoga", "gym",
    "session",
    "interview", "standup", "sync", "training", "lesson", "appointment", "workshop", "rehearsal",
    "shift",
];

/// Words before a weekday that make it a name ("Black Friday").
#[rustfmt::skip]
pub(crate) const BEFORE_WEEKDAY: &[&str] = &[
    "black", "casual", "ruby", "cyber", "fat", "ash", "bloody", "super", "freaky", "taco", "palm",
    "shrove", "maundy", "gloomy", "blue", "man", "manic", "joe", "wednesday", "his", "shaun",
    "easter", "good", "girl",
];

/// Words after a weekday that make it a name ("Sunday roast").
#[rustfmt::skip]
pub(crate) const AFTER_WEEKDAY: &[&str] = &[
    "roast", "school", "times", "telegraph", "addams", "blues", "ish", "best", "bloody", "driver",
    "express", "feeling", "funday", "herald", "island", "motivation", "mood", "morn", "newspaper",
    "scaries", "supplement", "syndrome", "vibes",
];

/// Words after "Saturday night" or "tonight" that make it a name.
pub(crate) const AFTER_NIGHT: &[&str] = &["live", "lights", "fever", "show", "football"];

/// Words before "today" and its like that make it part of a name.
pub(crate) const BEFORE_DAY_WORD: &[&str] = &["usa", "psychology", "medicine", "until"];

/// Nouns after a bare number that make it an amount ("at 3 houses").
#[rustfmt::skip]
pub(crate) const UNITS_OF_THINGS: &[&str] = &[
    "bags", "billion", "boxes", "bucks", "cents", "cm", "copies", "cup", "cups", "degrees",
    "different", "distinct", "dollars", "eggs", "ends", "euros", "feet", "ft", "g", "gb", "guests",
    "hundred", "inches", "items", "k", "kg", "kids", "km", "lbs", "liters", "litres", "m", "mb",
    "meters", "metres", "mg", "miles", "million", "ml", "mm", "mph", "of", "oz", "pages", "people",
    "percent", "persons", "pieces", "places", "points", "pounds", "separate", "sides", "star",
    "stars", "tbsp", "things", "thousand", "tickets", "times", "tsp", "units", "users", "x",
];

/// Words before a number that make it a label, not a time or a date.
#[rustfmt::skip]
pub(crate) const LABELS: &[&str] = &[
    "act", "aisle", "android", "angular", "apartment", "apt", "article", "aspect", "beat",
    "blender", "bolt", "bp", "bug", "build", "bus", "channel", "chapter", "chipset", "chrome",
    "clang", "code", "colossians", "coordinates", "corinthians", "debian", "deuteronomy", "dilute",
    "diluted", "display", "django", "dock", "docker", "drew", "ecclesiastes", "ep", "ephesians",
    "episode", "exercise", "exodus", "ezekiel", "fax", "fedora", "fig", "figure", "firefox",
    "firmware", "flight", "flutter", "format", "fraction", "fuse", "galatians", "gate", "gcc",
    "genesis", "golang", "grid", "hebrews", "highway", "hosea", "hymn", "id", "invoice", "ios",
    "ip", "isaiah", "isbn", "issue", "item", "java", "jeremiah", "kernel", "kotlin", "kubernetes",
    "laravel", "leading", "led", "level", "leviticus", "line", "llvm", "locker", "lost", "macos",
    "mix", "model", "monitor", "mysql", "nginx", "no", "node", "npm", "number", "nut", "odds",
    "openssl", "pace", "page", "part", "pb", "philippians", "phone", "php", "pin", "port",
    "postgres", "postgresql", "pr", "pressure", "problem", "proverbs", "psalm", "psalms", "python",
    "question", "quran", "rated", "rating", "ratio", "react", "redis", "ref", "release",
    "resolution", "revelation", "rfc", "romans", "room", "route", "ruby", "rust", "scale", "scene",
    "score", "scored", "screen", "screw", "season", "seat", "section", "serial", "size", "sku",
    "socket", "spanner", "step", "suite", "surah", "swift", "symfony", "table", "tel", "terraform",
    "thessalonians", "ticket", "tied", "track", "tv", "ubuntu", "unit", "unity", "v", "ver",
    "verse", "version", "vision", "vol", "volume", "vue", "windows", "won", "wordpress", "wrench",
];

/// Words before the number of a house or a part of it ("flat 12a").
pub(crate) const HOUSES: &[&str] = &["flat", "house", "block", "building", "entrance", "stairs"];

/// Books whose names are also people's: a chapter and a verse only where the text begins with the
/// book, or a word of reading or a number is before it ("read John 3:16", "1 Peter 3:15").
#[rustfmt::skip]
pub(crate) const BOOKS: &[&str] = &[
    "acts", "amos", "chronicles", "daniel", "esther", "ezra", "james", "job", "joel", "john",
    "joshua", "jude", "judges", "kings", "luke", "mark", "matthew", "micah", "numbers", "peter",
    "ruth", "samuel", "timothy", "titus",
];

/// Words of reading before such a book.
pub(crate) const READING: &[&str] = &[
    "bible", "chapter", "gospel", "memorise", "memorize", "of", "passage", "quote", "quoting",
    "read", "reading", "reflect", "sermon", "study", "verse",
];

/// Verbs that take "by" and an amount ("raise it by 5").
#[rustfmt::skip]
pub(crate) const MEASURING: &[&str] = &[
    "increase", "increased", "reduce", "reduced", "multiply", "multiplied", "divide", "divided",
    "grow", "grew", "raise", "raised", "lower", "lowered", "cut", "up", "down", "scale", "shrink",
    "rose", "fell", "drop", "dropped", "win", "won", "lost", "lead", "beat", "off", "bigger",
    "smaller", "longer", "shorter", "split", "group", "grouped", "sort", "sorted", "ahead",
    "behind", "indexed", "rounded",
];

/// Verbs that take "at" and an amount or a thing ("look at 3").
pub(crate) const AIMING: &[&str] = &[
    "look", "looking", "aim", "level", "stay", "capped", "grade", "valued", "starts", "volume",
    "speed", "priced", "sold", "bought", "trading", "dial", "bid", "page", "good", "better", "bad",
];

/// Words before a range of numbers that counts ("count from 5 to 10").
#[rustfmt::skip]
pub(crate) const COUNTING: &[&str] = &[
    "count", "counting", "counts", "rate", "rating", "scale", "numbers", "number", "levels",
    "level", "dial", "ages", "aged", "sizes", "pages", "chapters", "rows", "scores", "went", "go",
    "goes", "going", "anywhere", "ranging", "ranges", "varies", "multiply",
];

/// Words that ask for a person after them.
#[rustfmt::skip]
pub(crate) const PERSON_AFTER: &[&str] = &[
    "with", "call", "email", "e-mail", "mail", "meet", "ask", "text", "message", "ping", "tell",
    "invite", "remind", "phone", "ring", "visit", "thank", "contact", "w", "from", "to", "for",
    "and", "about", "by", "skype", "facetime", "zoom", "help", "pay", "see", "congratulate",
    "chase", "interview", "dm", "slack", "whatsapp", "join", "notify", "inform", "reply", "nudge",
    "hug", "poke", "miss", "fire", "hire", "emails", "named", "called", "is", "drive", "sms",
];

/// Words of `PERSON_AFTER` after which any word in lower case may be a person.
pub(crate) const PERSON_SURELY: &[&str] = &["with"];

/// Words that are never a person, though they stand after "with" or begin with a capital.
#[rustfmt::skip]
pub(crate) const NO_PERSON: &[&str] = &[
    "a", "accountant", "accounting", "alarm", "all", "amazon", "an", "and", "another", "any",
    "anyone", "anything", "at", "attachments", "audio", "bacon", "bank", "batteries", "beer",
    "black", "bleach", "boss", "both", "bread", "breakfast", "buddies", "butter", "calendar",
    "card", "care", "cash", "caution", "ceo", "cfo", "cheese", "chips", "chocolate", "client",
    "clients", "code", "coffee", "colleagues", "confidence", "coworkers", "cream", "cto",
    "customers", "date", "dentist", "description", "design", "details", "different", "dinner",
    "docs", "doctor", "dr", "each", "ease", "engineering", "event", "events", "every", "everybody",
    "everyone", "everything", "excel", "extra", "facebook", "family", "feedback", "finance",
    "folks", "food", "friends", "fries", "garlic", "girls", "github", "glasses", "gloves", "glue",
    "google", "guests", "guys", "headphones", "her", "him", "his", "honey", "hr", "i", "ice", "id",
    "if", "in", "instagram", "insurance", "investors", "invoice", "it", "its", "java", "jira",
    "juice", "ketchup", "kids", "lads", "landlord", "lawyer", "leadership", "legal", "lemon",
    "less", "location", "lots", "love", "lunch", "management", "manager", "marketing", "mates",
    "mayo", "me", "meals", "milk", "more", "mr", "mrs", "ms", "music", "my", "neighbor",
    "neighbors", "neighbour", "neighbours", "netflix", "new", "no", "notes", "nothing",
    "notification", "notifications", "oil", "on", "one", "only", "ops", "or", "other", "others",
    "our", "paint", "parents", "passport", "pasta", "people", "photos", "pictures", "please",
    "plumber", "product", "prof", "python", "qa", "questions", "receipt", "receipts", "red",
    "regard", "regards", "reminder", "reminders", "repeat", "respect", "rice", "rust", "salad",
    "sales", "salt", "sauce", "school", "screenshots", "slack", "slides", "soap", "some",
    "somebody", "someone", "something", "sprinkles", "students", "subject", "sugar", "supper",
    "support", "tape", "tea", "team", "teams", "tests", "that", "the", "their", "them", "then",
    "these", "they", "this", "those", "three", "time", "title", "today", "tomorrow", "tonight",
    "tools", "twitter", "two", "us", "vendor", "vendors", "video", "vinegar", "water", "we", "what",
    "when", "which", "while", "white", "who", "whom", "wine", "word", "work", "you", "your",
    "youtube", "zoom",
];

/// Words that go with a place after "at" in lower case.
#[rustfmt::skip]
pub(crate) const PLACES: &[&str] = &[
    "home", "work", "school", "office", "gym", "library", "park", "airport", "station", "mall",
    "bank", "hospital", "beach", "pool", "church", "museum", "restaurant", "cafe", "bar", "pub",
    "hotel", "theatre", "theater", "cinema", "stadium", "store", "supermarket", "clinic",
    "university", "zoo",
];

/// Names of days of more than one word, as meaning follows word by word.
pub(crate) const HOLIDAYS: &[(&[&str], Holiday)] = &[
    (&["new", "year's", "eve"], Holiday::Fixed(12, 31)),
    (&["new", "years", "eve"], Holiday::Fixed(12, 31)),
    (&["new", "year's", "day"], Holiday::Fixed(1, 1)),
    (&["new", "years", "day"], Holiday::Fixed(1, 1)),
    (&["new", "year's"], Holiday::Fixed(1, 1)),
    (&["nye"], Holiday::Fixed(12, 31)),
    (&["christmas", "eve"], Holiday::Fixed(12, 24)),
    (&["xmas", "eve"], Holiday::Fixed(12, 24)),
    (&["christmas", "day"], Holiday::Fixed(12, 25)),
    (&["xmas", "day"], Holiday::Fixed(12, 25)),
    (&["boxing", "day"], Holiday::Fixed(12, 26)),
    (&["halloween", "night"], Holiday::Fixed(10, 31)),
    (&["valentine's", "day"], Holiday::Fixed(2, 14)),
    (&["valentines", "day"], Holiday::Fixed(2, 14)),
    (&["valentine", "day"], Holiday::Fixed(2, 14)),
    (&["st", "patrick's", "day"], Holiday::Fixed(3, 17)),
    (&["april", "fools", "day"], Holiday::Fixed(4, 1)),
    (&["april", "fool's", "day"], Holiday::Fixed(4, 1)),
    (&["independence", "day"], Holiday::Fixed(7, 4)),
    (&["veterans", "day"], Holiday::Fixed(11, 11)),
    (&["earth", "day"], Holiday::Fixed(4, 22)),
    (&["labor", "day"], Holiday::Nth(1, Monday, 9)),
    (&["labour", "day"], Holiday::Nth(1, Monday, 9)),
    (&["memorial", "day"], Holiday::Nth(-1, Monday, 5)),
    (&["mlk", "day"], Holiday::Nth(3, Monday, 1)),
    (&["martin", "luther", "king", "day"], Holiday::Nth(3, Monday, 1)),
    (&["presidents", "day"], Holiday::Nth(3, Monday, 2)),
    (&["presidents'", "day"], Holiday::Nth(3, Monday, 2)),
    (&["columbus", "day"], Holiday::Nth(2, Monday, 10)),
    (&["thanksgiving", "day"], Holiday::Nth(4, jiff::civil::Weekday::Thursday, 11)),
    (&["mother's", "day"], Holiday::Nth(2, Sunday, 5)),
    (&["mothers", "day"], Holiday::Nth(2, Sunday, 5)),
    (&["father's", "day"], Holiday::Nth(3, Sunday, 6)),
    (&["fathers", "day"], Holiday::Nth(3, Sunday, 6)),
    (&["good", "friday"], Holiday::Easter(-2)),
    (&["easter", "sunday"], Holiday::Easter(0)),
    (&["easter", "monday"], Holiday::Easter(1)),
    (&["palm", "sunday"], Holiday::Easter(-7)),
    (&["ash", "wednesday"], Holiday::Easter(-46)),
    (&["black", "friday"], Holiday::Nth(40, Friday, 11)),
    (&["cyber", "monday"], Holiday::Nth(41, Monday, 11)),
];

/// Zone abbreviations as people mean them: the place, not the fixed offset.
#[rustfmt::skip]
pub(crate) const ZONES: &[(&str, &str)] = &[
    ("utc", "UTC"), ("gmt", "UTC"), ("zulu", "UTC"), ("est", "America/New_York"),
    ("edt", "America/New_York"), ("et", "America/New_York"), ("eastern", "America/New_York"),
    ("cst", "America/Chicago"), ("cdt", "America/Chicago"), ("ct", "America/Chicago"),
    ("central", "America/Chicago"), ("mst", "America/Denver"), ("mdt", "America/Denver"),
    ("mt", "America/Denver"), ("pst", "America/Los_Angeles"), ("pdt", "America/Los_Angeles"),
    ("pt", "America/Los_Angeles"), ("pacific", "America/Los_Angeles"), ("cet", "Europe/Berlin"),
    ("cest", "Europe/Berlin"), ("bst", "Europe/London"), ("wet", "Europe/Lisbon"),
    ("eet", "Europe/Helsinki"), ("eest", "Europe/Helsinki"), ("msk", "Europe/Moscow"),
    ("ist", "Asia/Kolkata"), ("jst", "Asia/Tokyo"), ("kst", "Asia/Seoul"),
    ("hkt", "Asia/Hong_Kong"), ("sgt", "Asia/Singapore"), ("aest", "Australia/Sydney"),
    ("aedt", "Australia/Sydney"), ("awst", "Australia/Perth"), ("acst", "Australia/Darwin"),
    ("nzst", "Pacific/Auckland"), ("nzdt", "Pacific/Auckland"), ("brt", "America/Sao_Paulo"),
    ("akst", "America/Anchorage"), ("hst", "Pacific/Honolulu"), ("ast", "America/Halifax"),
    ("sast", "Africa/Johannesburg"),
];

/// Names of zones that are words of other things: "alarm 7am wake time".
pub(crate) const NO_PLACES: &[&str] =
    &["center", "christmas", "easter", "factory", "knox", "reunion", "troll", "wake", "west"];

/// Places that zones are not named after, by the zone that their clocks follow.
#[rustfmt::skip]
pub(crate) const PLACE_ZONES: &[(&str, &str)] = &[
    ("mountain", "America/Denver"), ("nyc", "America/New_York"), ("boston", "America/New_York"),
    ("miami", "America/New_York"), ("washington", "America/New_York"),
    ("atlanta", "America/New_York"), ("houston", "America/Chicago"), ("dallas", "America/Chicago"),
    ("austin", "America/Chicago"), ("texas", "America/Chicago"), ("la", "America/Los_Angeles"),
    ("california", "America/Los_Angeles"), ("san francisco", "America/Los_Angeles"),
    ("sf", "America/Los_Angeles"), ("seattle", "America/Los_Angeles"),
    ("uk", "Europe/London"), ("england", "Europe/London"), ("germany", "Europe/Berlin"),
    ("munich", "Europe/Berlin"), ("hamburg", "Europe/Berlin"), ("france", "Europe/Paris"),
    ("barcelona", "Europe/Madrid"), ("spain", "Europe/Madrid"), ("milan", "Europe/Rome"),
    ("italy", "Europe/Rome"), ("geneva", "Europe/Zurich"), ("india", "Asia/Kolkata"),
    ("mumbai", "Asia/Kolkata"), ("delhi", "Asia/Kolkata"), ("bangalore", "Asia/Kolkata"),
    ("beijing", "Asia/Shanghai"), ("china", "Asia/Shanghai"), ("shenzhen", "Asia/Shanghai"),
    ("korea", "Asia/Seoul"), ("osaka", "Asia/Tokyo"),
];
