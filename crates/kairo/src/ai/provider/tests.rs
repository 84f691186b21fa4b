//! Which providers may be asked, and at what price.

use super::*;

fn settings(base_url: &str, host: &str, local: bool) -> Ai {
    Ai {
        base_url: base_url.to_owned(),
        host: host.to_owned(),
        local,
        api_key: None,
        model: "gpt-4.1-mini".to_owned(),
        small_model: "gpt-4.1-nano".to_owned(),
        price: None,
        small_price: None,
        zero_retention: true,
        hosts: vec![host.to_owned()],
    }
}

fn openai() -> Ai {
    settings("https://api.openai.com/v1", "api.openai.com", false)
}

fn refusal(settings: &Ai) -> String {
    Provider::new(settings).err().map(|error| error.to_string()).unwrap_or_default()
}

// Goal: every price of the table can be read, and costs something both ways.
#[test]
fn the_table_is_whole() {
    let table = table().unwrap();
    assert!(table.version.len() == 10 && table.prices.len() > 10);
    for (model, price) in table.prices {
        let price = Price::parse(&price).unwrap();
        assert!(price.input > 0 && price.output > price.input, "{model}");
    }
}

// Goal: a model that the table does not know needs a price, and the message says which setting.
#[test]
fn an_unknown_model_needs_a_price() {
    let mut unknown = Ai { small_model: "gpt-99".to_owned(), ..openai() };
    assert!(refusal(&unknown).contains("Set KAIRO_AI_SMALL_PRICE"), "{}", refusal(&unknown));
    unknown.small_price = Price::parse("1/2");
    let known = Provider::new(&unknown).unwrap();
    assert_eq!(known.model(Class::Small).price, Price::parse("1/2").unwrap());
    assert_eq!(known.model(Class::Normal).price, Price::parse("0.40/1.60").unwrap());
    let one = Ai { model: "gpt-99".to_owned(), price: Price::parse("3/4"), ..unknown };
    let one = Provider::new(&Ai { small_price: None, ..one }).unwrap();
    assert_eq!(one.model(Class::Small), one.model(Class::Normal));
}

// Goal: without a word about what it keeps, a provider elsewhere is not asked; a model on this
// machine is, and costs nothing.
#[test]
fn retention_fails_closed() {
    let silent = Ai { zero_retention: false, ..openai() };
    assert!(refusal(&silent).contains("KAIRO_AI_RETENTION=zero"), "{}", refusal(&silent));
    assert_eq!(Provider::new(&openai()).unwrap().retention, Retention::StatedZero);
    let local = settings("http://127.0.0.1:11434/v1", "127.0.0.1", true);
    let local = Ai { model: "llama3".to_owned(), zero_retention: false, ..local };
    let local = Provider::new(&local).unwrap();
    assert_eq!(local.retention, Retention::Local);
    assert_eq!(local.model(Class::Normal).price, Price::FREE);
}

// Goal: plain text to another machine is refused here too, whoever made the settings.
#[test]
fn plain_text_stays_on_this_machine() {
    let plain = settings("http://api.openai.com/v1", "api.openai.com", false);
    assert!(Provider::new(&plain).is_err());
}

// Goal: a host that is not on the list is not asked, whatever stands before or after its name.
#[test]
fn only_listed_hosts() {
    let other = Ai { hosts: vec!["eu.api.openai.com".to_owned()], ..openai() };
    assert!(refusal(&other).contains("KAIRO_AI_HOSTS does not list api.openai.com"));
    let provider = Provider::new(&openai()).unwrap();
    for (url, allowed) in [
        ("https://api.openai.com/v1/chat/completions", true),
        ("https://api.openai.com.example.org/v1", false),
        ("https://example.org/api.openai.com", false),
        ("https://api.openai.com@example.org/v1", false),
        ("https://xapi.openai.com/v1", false),
    ] {
        assert_eq!(provider.allows(&url.parse().unwrap()), allowed, "{url}");
    }
}
