//! Sentences of the catalogue as pieces of a page.
//!
//! **Invariant:** a sentence's words are the catalogue's, to the letter; only where they lead is
//! added. Links are pieces, so the template escapes every word.

use super::Look;
use super::words::mark;
use crate::trust::controls::catalogue::{Block, BlockKind, Section, Sentence};
use crate::web::views::trust::{BlockRow, Piece, SectionRow, SentenceRow};

/// Words of a sentence that lead somewhere.
const ADDRESS: &str = "{security_address}";
const POLICY: &str = "Privacy policy";

/// A sentence in pieces.
pub(super) fn pieces(look: &Look<'_>, text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((at, found)) = next_link(rest) {
        let (before, after) = rest.split_at(at);
        push(&mut pieces, look.fill(before), "");
        let words = look.fill(found);
        let href = if found == ADDRESS { mailto(&words) } else { "/privacy".to_owned() };
        push(&mut pieces, words, &href);
        rest = after.strip_prefix(found).unwrap_or_default();
    }
    push(&mut pieces, look.fill(rest), "");
    pieces
}

fn next_link(text: &str) -> Option<(usize, &'static str)> {
    let found = [ADDRESS, POLICY].into_iter().filter_map(|link| Some((text.find(link)?, link)));
    found.min()
}

fn push(pieces: &mut Vec<Piece>, text: String, href: &str) {
    if !text.is_empty() {
        pieces.push(Piece { text, href: href.to_owned() });
    }
}

/// Where a mail address leads.
pub(super) fn mailto(address: &str) -> String {
    format!("mailto:{address}")
}

/// A sentence with its marks.
pub(super) fn sentence(look: &Look<'_>, sentence: &Sentence, lead: &str) -> SentenceRow {
    SentenceRow {
        lead: lead.to_owned(),
        pieces: pieces(look, &sentence.text),
        marks: sentence.claims.iter().map(|claim| mark(look, claim)).collect(),
    }
}

/// The sentences of a block. One that claims nothing, such as "We commit to:", stands in the line
/// of the one before it.
pub(super) fn sentences(look: &Look<'_>, block: &Block) -> Vec<SentenceRow> {
    let mut rows: Vec<SentenceRow> = Vec::new();
    for (index, it) in block.sentences.iter().enumerate() {
        let lead = if index == 0 { block.lead.as_str() } else { "" };
        let row = sentence(look, it, lead);
        match rows.last_mut().filter(|_| row.marks.is_empty()) {
            Some(last) => {
                push(&mut last.pieces, " ".to_owned(), "");
                last.pieces.extend(row.pieces);
            }
            None => rows.push(row),
        }
    }
    rows
}

/// A section, its points gathered into lists.
pub(super) fn section(look: &Look<'_>, section: &Section) -> SectionRow {
    let mut blocks: Vec<BlockRow> = Vec::new();
    for block in &section.blocks {
        let rows = sentences(look, block);
        let is_list = block.kind == BlockKind::Point;
        match blocks.last_mut().filter(|last| last.is_list && is_list) {
            Some(list) => list.points.push(rows),
            None => blocks.push(BlockRow { is_list, points: vec![rows] }),
        }
    }
    SectionRow { number: section.number, title: section.title.clone(), blocks }
}
