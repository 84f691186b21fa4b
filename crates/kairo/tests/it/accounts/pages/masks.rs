//! An address with an account and one without cannot be told apart from outside.

use std::collections::BTreeMap;

use super::*;

/// All of an answer that an onlooker could compare, with the address and what is random masked.
fn seen(answer: &Answer, email: &str) -> (u16, BTreeMap<String, String>, Vec<String>, String) {
    let differ = ["date", "x-request-id", "set-cookie"];
    let headers = answer.headers.iter().filter(|(name, _)| !differ.contains(&name.as_str()));
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let cookies = answer.cookies().into_iter().map(|(name, value, attributes)| {
        let mut content = opened(&value);
        for (field, mask) in [("email", email), ("at", "")] {
            let there = content[field].as_str().unwrap().starts_with(mask);
            assert!(there, "{content}");
            content[field] = "masked".into();
        }
        let binding = content["binding"].as_str().unwrap().len();
        content["binding"] = binding.into();
        format!("{name} {content} {attributes}")
    });
    let cookies = cookies.collect();
    let id = answer.header("x-request-id");
    let body = answer.text().replace(email, "address").replace(id, "number");
    (answer.status.as_u16(), headers.collect(), cookies, body)
}

// Goal: asking, waiting and asking too soon look the same whether an account stands behind the address.
#[tokio::test]
async fn known_and_unknown_answers_are_one() {
    let app = Kairo::start().await;
    app.member(ANA).await;
    app.forget_mails(ANA).await;
    let (known, unknown) = (app.anonymous(), app.anonymous());
    assert_eq!(ANA.len(), BEN.len(), "lengths are compared");
    for (step, status) in [303, 429, 429].into_iter().enumerate() {
        let (to_known, to_unknown) =
            (ask(&known, ANA, "/done").await, ask(&unknown, BEN, "/done").await);
        assert_eq!(to_known.status.as_u16(), status, "step {step}");
        assert_eq!(seen(&to_known, ANA), seen(&to_unknown, BEN), "step {step}");
        let pages = (known.get("/sign-in/code").await, unknown.get("/sign-in/code").await);
        assert_eq!(seen(&pages.0, ANA), seen(&pages.1, BEN), "step {step}");
    }
    // The same for a browser that did not ask before: the refusal hangs on the address alone.
    let (third, fourth) = (app.anonymous(), app.anonymous());
    let (to_known, to_unknown) =
        (ask(&third, ANA, "").await.is(429), ask(&fourth, BEN, "").await.is(429));
    assert_eq!(seen(&to_known, ANA), seen(&to_unknown, BEN));
    assert!(to_known.text().contains("We wrote to this address a moment ago"));
    assert_eq!(app.letters().len(), 3, "one for the account and one for each browser that asked");
}

// Goal: a wrong code and a dead link look the same too.
#[tokio::test]
async fn wrong_proofs_look_alike() {
    let app = Kairo::start().await;
    app.member(ANA).await;
    let (known, unknown) = (app.anonymous(), app.anonymous());
    asked(&app, &known, ANA, "").await;
    asked(&app, &unknown, BEN, "").await;
    for _try in 0..6 {
        let codes = (type_code(&known, "0000-000O").await, type_code(&unknown, "0000-000O").await);
        assert_eq!(seen(&codes.0, ANA), seen(&codes.1, BEN));
    }
    let token = [("token", "kl1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")];
    let links = (
        known.post_form("/sign-in/link", &token).await,
        unknown.post_form("/sign-in/link", &token).await,
    );
    assert_eq!(seen(&links.0, ANA), seen(&links.1, BEN));
}

// Goal: the second person to ask for one address cannot learn who asked before, nor take their mail over.
#[tokio::test]
async fn the_first_to_ask_keeps_the_mail() {
    let app = Kairo::start().await;
    let (first, second) = (app.anonymous(), app.anonymous());
    let letter = asked(&app, &first, ANA, "/done").await;
    let refused = ask(&second, ANA, "/inbox").await.is(429);
    assert!(refused.cookies().is_empty(), "the second was given a binding");
    press(&second, &letter).await.is(422);
    ask(&first, ANA, "/inbox").await.is(429);
    assert_eq!(press(&first, &letter).await.is(303).location(), "/done");
}
