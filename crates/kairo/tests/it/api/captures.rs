//! `/api/v1/captures`.

use serde_json::json;

use super::{capture, problem};
use crate::harness::Kairo;

const CAPTURES: &str = "/api/v1/captures";

// Goal: the main job: a thought becomes an item at the time that was meant, in the whole shape.
#[tokio::test]
async fn a_thought_becomes_an_item() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let sent = json!({ "text": "lunch with Sam tomorrow 1pm", "time_zone": "America/New_York",
        "reference": "2026-11-23T09:00:00" });
    let answer = program.post_json(CAPTURES, &sent).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    let made = answer.json();
    let id = made["capture"]["id"].as_str().unwrap();
    assert_eq!(answer.location(), format!("{CAPTURES}/{id}"));
    assert_eq!(made["capture"], json!({ "id": id, "refine": "none" }));
    let item = &made["items"][0];
    assert_eq!(
        *item,
        json!({ "id": item["id"], "kind": "event", "status": "open", "title": "lunch with Sam",
            "notes": null, "people": ["Sam"], "place": null, "tags": [], "priority": null,
            "start": "2026-11-24T13:00:00", "end": null, "all_day": false, "role": "start",
            "zone": "America/New_York", "start_at": "2026-11-24T18:00:00Z", "rrule": null,
            "version": 1, "spans": item["spans"] })
    );
    let span = &item["spans"][0];
    assert!(span["start"].is_u64() && span["end"].is_u64() && span["field"].is_string());
    assert_eq!(program.get(answer.location()).await.json(), made);
}
