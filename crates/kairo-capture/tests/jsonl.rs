//! The JSONL contract, as the scorer and other programs use it.

use kairo_capture::jsonl::answer;
use kairo_capture::limits::{LINE_BYTES_MAX, TEXT_CHARS_MAX};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

fn reply(line: &str) -> String {
    answer(line.as_bytes(), false, || Duration::ZERO)
}

// Goal: the two lines of the contract come out as printed there, but for the time taken.
#[test]
fn the_contract_lines_come_out_as_printed() {
    let ask = |id: &str, text: &str, zone: &str, order: &str| {
        let at = "2026-11-23T09:00:00";
        let head = format!(r#"{{"id":"{id}","text":"{text}","timezone":"{zone}","#);
        reply(&format!(r#"{head}"reference":"{at}","date_order":"{order}"}}"#))
    };
    let one = concat!(
        r#"{"id":"a1","start":"2026-11-24T13:00:00","end":null,"timed":true,"rrule":null,"#,
        r#""time":null,"title":"lunch with Sam","us":0}"#
    );
    let two = concat!(
        r#"{"id":"a2","start":"2026-11-23T09:15:00","end":null,"timed":true,"#,
        r#""rrule":"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261218","time":"09:15","#,
        r#""title":"standup","us":0}"#
    );
    assert_eq!(ask("a1", "lunch with Sam tomorrow 1pm", "America/New_York", "MDY"), one);
    let standup = "standup every weekday at 9:15 until 18 Dec";
    assert_eq!(ask("a2", standup, "Europe/Berlin", "DMY"), two);
}

// Goal: a text that is nothing but a time leaves no title over.
#[test]
fn a_bare_time_leaves_no_title() {
    let line = |text: &str| {
        reply(&format!(
            r#"{{"id":1,"text":"{text}","timezone":"UTC","reference":"2026-11-23T09:00:00"}}"#
        ))
    };
    assert!(line("tomorrow at noon!").contains(r#""title":"","us""#));
    assert!(line("the 3pm meeting").contains(r#""title":"the 3pm meeting""#));
}

// Goal: a bad line is answered with its id and a reason.
#[test]
fn bad_lines_are_answered_with_a_reason() {
    let line = |zone: &str, reference: &str| {
        format!(r#"{{"id":7,"text":"x","timezone":"{zone}","reference":"{reference}"}}"#)
    };
    assert!(reply("{").starts_with(r#"{"id":null,"error":"#));
    assert!(reply(r#"{"id":"b"}"#).starts_with(r#"{"id":"b","error":"#));
    assert!(reply(&line("Mars/Base", "2026-11-23T09:00:00")).contains("unknown time zone"));
    assert!(reply(&line("UTC", "soon")).contains("no local time"));
    assert!(
        reply(&line("UTC", "2026-11-23T09:00:00").replace("\"x\"", "\"x\",\"date_order\":\"YMD\""))
            .contains("MDY or DMY")
    );
}

// Goal: a line one byte too long is refused, and one at the limit is read.
#[test]
fn a_line_beyond_the_limit_is_refused() {
    let head = r#"{"id":1,"timezone":"UTC","reference":"2026-11-23T09:00:00","text":""#;
    let line = |bytes: usize| format!("{head}{}\"}}", "x".repeat(bytes - head.len() - 2));
    assert!(!reply(&line(LINE_BYTES_MAX)).contains("error"));
    assert!(reply(&line(LINE_BYTES_MAX + 1)).contains("longer than"));
}

// Goal: what stands beyond the limit of a text is kept and not read.
#[test]
fn a_text_beyond_the_limit_is_kept_unread() {
    let line = |pad: usize| {
        let text = format!("{} tomorrow", "x".repeat(pad));
        format!(r#"{{"id":1,"timezone":"UTC","reference":"2026-11-23T09:00:00","text":"{text}"}}"#)
    };
    assert!(reply(&line(TEXT_CHARS_MAX - " tomorrow".len())).contains("2026-11-24"));
    let beyond = reply(&line(TEXT_CHARS_MAX));
    assert!(beyond.contains(r#""start":null"#) && beyond.contains("tomorrow"));
}

// Goal: the program answers the lines after a bad one, an endless one and an empty one.
#[test]
fn the_program_goes_on_after_bad_lines() {
    let good =
        r#"{"id":2,"text":"call tomorrow","timezone":"UTC","reference":"2026-11-23T09:00:00"}"#;
    let mut program = Command::new(env!("CARGO_BIN_EXE_kairo-capture"))
        .arg("--jsonl")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = program.stdin.take().unwrap();
    let lines = format!("nonsense\n{}\n\n{good}", "y".repeat(3 * LINE_BYTES_MAX));
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert!(answers.iter().take(2).all(|answer| answer.contains("error")));
    assert!(answers.iter().skip(2).all(|answer| answer.contains("2026-11-24")));
}
