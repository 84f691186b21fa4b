//! Given names, family names and names of relatives, for people written in lower case.
//!
//! **Invariant:** sorted, lower case, and free of names that are also common words ("mark",
//! "will", "may"): those need a capital letter and a word such as "with" before them.

/// Given names that are hardly ever anything else.
#[rustfmt::skip]
const GIVEN: &[&str] = &[
    "aaron", "abby", "abigail", "adam", "adrian", "agnes", "ahmed", "aisha", "alan", "alana",
    "albert", "alejandro", "alex", "alexa", "alexander", "alexandra", "alexis", "alfred", "alice",
    "alicia", "alina", "alison", "allen", "allison", "alma", "alyssa", "amanda", "amelia", "amir",
    "amy", "ana", "anastasia", "andre", "andrea", "andreas", "andrew", "andy", "angela", "angelo",
    "angie", "anita", "anna", "anne", "annie", "anthony", "antonio", "anya", "ariana", "ariel",
    "arjun", "arthur", "ashley", "audrey", "ava", "barbara", "barry", "beatrice", "becky", "ben",
    "benjamin", "bernard", "bert", "beth", "betty", "beverly", "bianca", "billy", "bob", "bobby",
    "brad", "bradley", "brandon", "brenda", "brian", "bridget", "bruce", "bruno", "bryan",
    "caitlin", "caleb", "calvin", "cameron", "camila", "camille", "carl", "carla", "carlos",
    "carmen", "caroline", "carolyn", "carrie", "cassandra", "catherine", "cathy", "cecilia",
    "charles", "charlie", "chelsea", "cheryl", "chloe", "chris", "christina", "christine",
    "christopher", "cindy", "claire", "clara", "clarence", "claudia", "clayton", "clyde", "cody",
    "colin", "connie", "connor", "corey", "courtney", "craig", "cristina", "cynthia", "dan", "dana",
    "daniel", "daniela", "danielle", "danny", "darren", "dave", "david", "debbie", "deborah",
    "denise", "dennis", "derek", "desmond", "devon", "diana", "diane", "diego", "dmitri", "dominic",
    "donald", "donna", "doris", "dorothy", "doug", "douglas", "duncan", "dustin", "dylan", "eddie",
    "edgar", "edith", "eduardo", "edward", "edwin", "eileen", "elaine", "eleanor", "elena", "eli",
    "elias", "elijah", "elisa", "elizabeth", "ella", "ellen", "ellie", "elliot", "emilia", "emily",
    "emma", "eric", "erica", "erik", "erin", "ernest", "esther", "ethan", "eugene", "eva", "evan",
    "evelyn", "fatima", "felix", "fernando", "fiona", "frances", "francis", "francisco", "frank",
    "fred", "freddie", "frederick", "gabriel", "gabriela", "gail", "garry", "gary", "gavin",
    "gemma", "geoff", "george", "gerald", "geraldine", "gilbert", "gina", "giovanni", "gladys",
    "glen", "glenn", "gloria", "gordon", "greg", "gregory", "greta", "hannah", "harold", "harriet",
    "harry", "harvey", "hassan", "heather", "hector", "heidi", "helen", "helena", "henry",
    "herbert", "herman", "hilary", "howard", "hugh", "hugo", "ian", "ibrahim", "ida", "igor",
    "ingrid", "irene", "isaac", "isabel", "isabella", "jackie", "jacob", "jacqueline", "jake",
    "james", "jamie", "jane", "janet", "janice", "jared", "jason", "javier", "jeff", "jeffrey",
    "jen", "jenna", "jennifer", "jenny", "jeremy", "jerome", "jesse", "jessica", "jessie", "jill",
    "jim", "jimmy", "joan", "joanna", "joanne", "joe", "joel", "joey", "john", "johnny", "jon",
    "jonas", "jonathan", "jorge", "jose", "joseph", "josh", "joshua", "joyce", "juan", "juanita",
    "judith", "judy", "julia", "julian", "juliana", "julie", "julio", "justin", "kaitlyn", "karen",
    "karl", "kate", "katherine", "kathleen", "kathryn", "kathy", "katie", "katrina", "kayla",
    "keith", "kelly", "ken", "kendra", "kenneth", "kenny", "kevin", "khalid", "kimberly", "kirk",
    "klaus", "kris", "kristen", "kristin", "kurt", "kyle", "larry", "laura", "lauren", "laurie",
    "lawrence", "leah", "leila", "lena", "leo", "leon", "leonard", "leroy", "leslie", "lewis",
    "liam", "lillian", "linda", "lindsay", "lisa", "liz", "lloyd", "lois", "lola", "lori", "louis",
    "louise", "lucas", "lucia", "lucy", "luis", "lukas", "luke", "luther", "lydia", "lynn", "mabel",
    "maggie", "malcolm", "malik", "manuel", "marc", "marcel", "marcia", "marco", "marcus",
    "margaret", "maria", "mariah", "marian", "marie", "marilyn", "mario", "marion", "marjorie",
    "marlene", "marsha", "martha", "martin", "marvin", "mary", "matt", "matthew", "maureen",
    "maurice", "maya", "megan", "meghan", "mei", "melanie", "melinda", "melissa", "mia", "michael",
    "michele", "michelle", "miguel", "mike", "mildred", "minnie", "miranda", "miriam", "mitch",
    "mitchell", "mohamed", "mohammed", "moira", "molly", "monica", "muhammad", "muriel", "murray",
    "nadia", "nancy", "naomi", "natalia", "natalie", "natasha", "nate", "nathan", "nathaniel",
    "ned", "neil", "nell", "nellie", "nicholas", "nick", "nicola", "nicolas", "nicole", "nigel",
    "nina", "noah", "nora", "norman", "olga", "oliver", "olivia", "omar", "oscar", "otto", "owen",
    "pablo", "pam", "pamela", "patricia", "patrick", "paul", "paula", "pauline", "pedro", "peggy",
    "penelope", "percy", "perry", "peter", "phil", "philip", "phillip", "phoebe", "phyllis",
    "pierre", "polly", "priya", "rachel", "rafael", "rahul", "raj", "ralph", "ramon", "randy",
    "raul", "raymond", "rebecca", "renee", "rhonda", "ricardo", "richard", "rick", "ricky", "rita",
    "robert", "roberta", "roberto", "rodney", "roger", "roland", "ron", "ronald", "ronnie",
    "rosemary", "ruben", "rudy", "rupert", "russell", "ruth", "ryan", "sabrina", "sadie", "sally",
    "salma", "sam", "samantha", "samir", "samuel", "sandra", "sanjay", "sara", "sarah", "sasha",
    "saul", "scott", "sean", "sebastian", "selena", "serena", "sergio", "seth", "shane", "shannon",
    "sharon", "shaun", "shawn", "sheila", "shelby", "shirley", "sidney", "silvia", "simon", "sofia",
    "sonia", "sonja", "sophia", "sophie", "stacey", "stan", "stanley", "stella", "stephanie",
    "stephen", "steve", "steven", "stewart", "stuart", "susan", "susie", "suzanne", "sven",
    "sylvia", "tamara", "tania", "tanya", "tara", "tatiana", "teresa", "terrance", "terry", "tessa",
    "thelma", "theo", "theodore", "theresa", "thomas", "tiffany", "tim", "timothy", "tina",
    "tobias", "todd", "tom", "tommy", "toni", "tony", "tracey", "tracy", "travis", "trevor",
    "trisha", "tristan", "tyler", "ursula", "valentina", "valerie", "vanessa", "vera", "vernon",
    "veronica", "vicky", "victor", "victoria", "vince", "vincent", "vivian", "vladimir", "walter",
    "wanda", "warren", "wayne", "wendy", "wesley", "whitney", "wilfred", "willard", "william",
    "willie", "wilma", "winston", "xavier", "yasmin", "yolanda", "yuki", "yusuf", "yvonne", "zach",
    "zachary", "zoe",
];

/// Relatives that are called by the word alone.
#[rustfmt::skip]
const RELATIONS: &[&str] = &[
    "aunt", "brother", "cousin", "dad", "daddy", "daughter", "father", "grandfather", "grandma",
    "grandmother", "grandpa", "granny", "hubby", "husband", "mom", "mommy", "mother", "mum", "nana",
    "nephew", "niece", "sister", "son", "uncle", "wife",
];

/// Given names that are also common words; they need a word such as "with" before them.
#[rustfmt::skip]
const RARE: &[&str] = &[
    "al", "ali", "ann", "art", "bill", "bob", "carol", "chad", "chris", "crystal", "daisy", "dale",
    "dean", "don", "drew", "earl", "ed", "eve", "faith", "frank", "gene", "grace", "grant", "guy",
    "holly", "hope", "iris", "ivy", "jack", "jackson", "jan", "jasmine", "jay", "jean", "jerry",
    "jess", "jo", "john", "jordan", "joy", "kim", "lee", "lily", "logan", "luna", "mark", "max",
    "mel", "miles", "morgan", "nick", "norm", "paige", "pat", "penny", "pete", "ray", "rich", "rob",
    "robin", "rose", "roy", "ruby", "sandy", "savannah", "sky", "spencer", "sue", "summer", "ted",
    "troy", "victor", "violet", "wade", "will", "woody",
];

/// Whether a word in lower case is a name only where a person is asked for.
pub(crate) fn is_rare_name(lower: &str) -> bool {
    RARE.binary_search(&lower).is_ok()
}

/// Whether a word in lower case is a given name.
pub(crate) fn is_given_name(lower: &str) -> bool {
    GIVEN.binary_search(&lower).is_ok()
}

/// Whether a word in lower case is a relative ("mom").
pub(crate) fn is_relation(lower: &str) -> bool {
    RELATIONS.binary_search(&lower).is_ok()
}

/// Family names that are taken behind a given name in lower case ("john smith").
#[rustfmt::skip]
const SURNAMES: &[&str] = &[
    "adams", "ali", "allen", "alvarado", "alvarez", "anderson", "andrews", "armstrong", "arnold",
    "bailey", "baker", "barnes", "bell", "bennett", "berry", "black", "boyd", "bradley", "brown",
    "burns", "bush", "butler", "campbell", "carpenter", "carroll", "carter", "castillo", "castro",
    "chavez", "chen", "clark", "clinton", "coleman", "collins", "contreras", "cook", "cooper",
    "cox", "crawford", "cruz", "cunningham", "daniels", "davis", "delgado", "diaz", "dixon", "doe",
    "duncan", "dunn", "edwards", "elliott", "evans", "ferguson", "fernandez", "fischer", "fisher",
    "flores", "ford", "foster", "fox", "freeman", "garcia", "gardner", "gates", "gomez", "gonzales",
    "gonzalez", "gordon", "graham", "grant", "gray", "green", "gutierrez", "hall", "hansen",
    "harris", "harrison", "hart", "hawkins", "henderson", "hernandez", "hicks", "hill", "hoffman",
    "holmes", "howard", "hudson", "hughes", "hunt", "hunter", "ivanov", "jackson", "jenkins",
    "jimenez", "jobs", "johnson", "johnston", "jones", "kelley", "kelly", "kennedy", "khan", "kim",
    "king", "knight", "kumar", "lane", "lawrence", "lee", "lewis", "li", "liu", "lopez", "marshall",
    "martin", "martinez", "mason", "matthews", "mcdonald", "mendez", "mendoza", "meyer", "miller",
    "mills", "mitchell", "moore", "morales", "morgan", "morris", "mueller", "muller", "munoz",
    "murphy", "murray", "musk", "myers", "nelson", "nguyen", "nichols", "obama", "olson", "ortiz",
    "owens", "palmer", "park", "parker", "patel", "payne", "pena", "perkins", "perry", "peters",
    "peterson", "phillips", "pierce", "porter", "powell", "ramirez", "ramos", "ray", "reed",
    "reyes", "rice", "richards", "richardson", "riley", "rivera", "roberts", "robertson",
    "robinson", "rodriguez", "rogers", "rose", "ross", "ruiz", "russell", "ryan", "salazar",
    "sanchez", "sanders", "sandoval", "santos", "schmidt", "schneider", "scott", "sharma", "shaw",
    "silva", "simmons", "simpson", "singh", "smith", "snyder", "soto", "spencer", "stephens",
    "stewart", "stone", "sullivan", "taylor", "thomas", "thompson", "torres", "trump", "tucker",
    "turner", "vargas", "vasquez", "wagner", "walker", "wang", "ward", "warren", "washington",
    "watson", "weaver", "webb", "weber", "wells", "white", "williams", "willis", "wilson", "wood",
    "woods", "wright", "young", "zhang",
];

/// Whether a word in lower case is a family name.
pub(crate) fn is_surname(lower: &str) -> bool {
    SURNAMES.binary_search(&lower).is_ok()
}

/// Every table of this file, for its test.
#[cfg(test)]
pub(super) fn tables() -> [&'static [&'static str]; 4] {
    [GIVEN, RARE, RELATIONS, SURNAMES]
}
