// The reading of the capture line while it is typed: the words underlined, the chips below, each
// with a way to keep its words as words. Offsets count UTF-16 code units, as JavaScript does.
// Typing never waits for it: without an answer the line is a plain form.
const form = document.getElementById("capture");
const { text: line, dismissed, choices } = form.elements;
const trace = form.querySelector(".trace");
const list = form.querySelector(".reading");
const reads = document.getElementById("reads");
const state = { text: line.value, spans: [], kept: read(dismissed), chosen: read(choices) };
let timer, request;

function read(field) {
  const parts = [...field.value.matchAll(/(\d+)-(\d+)(?::([\w:.]+))?/g)];
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

function element(name, props, ...children) {
  const node = Object.assign(document.createElement(name), props);
  node.append(...children);
  return node;
}

function icon(name) {
  const [svg, use] = ["svg", "use"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

function underline() {
  let at = 0;
  const parts = state.spans.flatMap(({ start, end, field }) => {
    const mark = element("mark", {}, state.text.slice(start, end));
    mark.dataset.read = field;
    const plain = state.text.slice(at, start);
    at = end;
    return [plain, mark];
  });
  trace.replaceChildren(...parts, state.text.slice(at));
  trace.scrollLeft = line.scrollLeft;
}

function settle(span, choice) {
  const others = state.chosen.filter(({ start }) => start !== span.start);
  state.chosen = choice ? [...others, { ...span, choice }] : others;
  if (!choice) state.kept = [...state.kept, span];
  send();
}

function chip(span) {
  const words = state.text.slice(span.start, span.end);
  const node = element("li", { className: span.unsure ? "chip unsure" : "chip" }, icon(span.field), element("span", {}, span.text));
  node.dataset.read = span.field;
  const radios = span.alternatives.map(({ label, choice, taken }) => element("label", {}, label, element("input", {
    type: "radio", name: `choice-${span.start}`, value: choice, checked: taken, onchange: () => settle(span, choice),
  })));
  if (radios.length) node.append(element("fieldset", {}, element("legend", { className: "hidden" }, `What does “${words}” mean?`), ...radios));
  node.append(element("button", { type: "button", ariaLabel: `Keep “${words}” as words`, onclick: () => { settle(span); line.focus(); } }, icon("close")));
  return node;
}

function draw({ title, kind, spans }) {
  const { name, value } = list.contains(document.activeElement) ? document.activeElement : {};
  state.spans = spans;
  underline();
  reads.replaceChildren(element("span", { className: kind }, element("span", { className: "hidden" }, kind)), ` ${title}`);
  list.replaceChildren(reads, ...spans.map(chip));
  list.hidden = false;
  if (name) list.querySelector(`[name="${name}"][value="${value}"]`)?.focus();
}

async function send() {
  request?.abort();
  request = new AbortController();
  const text = state.text, { signal } = request;
  dismissed.value = state.kept.map(({ start, end }) => `${start}-${end}`).join();
  choices.value = state.chosen.map(({ start, end, choice }) => `${start}-${end}:${choice}`).join();
  if (!text.trim()) return void (list.hidden = true);
  const body = JSON.stringify({ text, dismissed: dismissed.value, choices: choices.value });
  const headers = { "content-type": "application/json" };
  const answer = await fetch("/captures/preview", { method: "POST", headers, body, signal }).catch(() => null);
  const preview = answer?.ok && await answer.json().catch(() => null);
  if (preview && !signal.aborted && text === line.value) draw(preview);
}

function typed(event) {
  if (event?.isComposing) return;
  for (const key of ["spans", "kept", "chosen"]) state[key] = moved(state[key], state.text, line.value);
  state.text = line.value;
  underline();
  clearTimeout(timer);
  timer = setTimeout(send, 120);
}

line.addEventListener("input", typed);
line.addEventListener("compositionstart", () => trace.replaceChildren());
line.addEventListener("compositionend", typed);
line.addEventListener("scroll", () => { trace.scrollLeft = line.scrollLeft; });
if (line.value) send();
