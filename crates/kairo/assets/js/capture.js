// The reading of the capture line while it is typed. This module asks, underlines what was read and
// keeps what the person settled; chips.js draws the chips. Offsets count UTF-16 code units, as
// JavaScript does. Typing never waits: without an answer the line is a plain form.
//
// To chips.js: "kairo:read" on the form, with the preview and its text, or null for nothing.
// From chips.js: "kairo:settle", with a span, and a choice or none to keep the words.
const form = document.getElementById("capture");
const { text: line, dismissed, choices } = form.elements;
const trace = form.querySelector(".trace");
const state = { text: line.value, spans: [], kept: parsed(dismissed), chosen: parsed(choices) };
let timer, request;

function parsed({ value }) {
  const parts = [...value.matchAll(/(\d+)-(\d+)(?::([\w:.-]+))?/g)];
  return parts.map(([, start, end, choice]) => ({ start: +start, end: +end, choice }));
}

// A span moves with the text around it, and goes when an edit touches its words.
function moved(spans, from, to) {
  const most = Math.min(from.length, to.length);
  const letter = (at) => /[\p{L}\p{N}]/u.test(to[at] ?? "");
  let head = 0, tail = 0;
  while (head < most && from[head] === to[head]) head++;
  while (tail < most - head && from.at(-1 - tail) === to.at(-1 - tail)) tail++;
  const edge = from.length - tail, by = to.length - from.length;
  return spans.flatMap((span) => {
    if (span.end < head || (span.end === head && !letter(head))) return [span];
    const start = span.start + by;
    const after = span.start > edge || (span.start === edge && !letter(start - 1));
    return after ? [{ ...span, start, end: span.end + by }] : [];
  });
}

function underline() {
  let at = 0;
  const parts = state.spans.flatMap(({ start, end, field }) => {
    const mark = document.createElement("mark");
    mark.textContent = state.text.slice(start, end);
    mark.dataset.read = field;
    const plain = state.text.slice(at, start);
    at = end;
    return [plain, mark];
  });
  trace.replaceChildren(...parts, state.text.slice(at));
  trace.scrollLeft = line.scrollLeft;
}

function show(preview) {
  state.spans = preview?.spans ?? [];
  underline();
  const detail = preview && { ...preview, text: state.text };
  form.dispatchEvent(new CustomEvent("kairo:read", { detail }));
}

function store() {
  const range = ({ start, end }) => `${start}-${end}`;
  dismissed.value = state.kept.map(range).join();
  choices.value = state.chosen.map((span) => `${range(span)}:${span.choice}`).join();
}

async function ask() {
  request?.abort();
  request = new AbortController();
  const { text } = state, { signal } = request;
  if (!text.trim()) return show(null);
  const body = JSON.stringify({ text, dismissed: dismissed.value, choices: choices.value });
  const headers = { "content-type": "application/json" };
  const sent = { method: "POST", headers, body, signal };
  const answer = await fetch("/captures/preview", sent).catch(() => null);
  const preview = answer?.ok && await answer.json().catch(() => null);
  if (!signal.aborted && text === line.value) show(preview || null);
}

function typed(event) {
  if (event?.isComposing) return;
  for (const key of ["spans", "kept", "chosen"]) {
    state[key] = moved(state[key], state.text, line.value);
  }
  state.text = line.value;
  store();
  underline();
  clearTimeout(timer);
  timer = setTimeout(ask, 120);
}

function settle({ detail: { span, choice } }) {
  state.chosen = state.chosen.filter(({ start }) => start !== span.start);
  if (choice) state.chosen.push({ ...span, choice });
  else state.kept.push(span);
  store();
  ask();
}

line.addEventListener("input", typed);
line.addEventListener("compositionstart", () => trace.replaceChildren());
line.addEventListener("compositionend", typed);
line.addEventListener("scroll", () => { trace.scrollLeft = line.scrollLeft; });
form.addEventListener("kairo:settle", settle);
// A line that comes filled in is read too, once chips.js is there to draw it.
addEventListener("load", () => { if (line.value) typed(); });
