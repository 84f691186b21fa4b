// Draws the reading under the capture line: the title, and one chip for each thing that was read,
// with its other readings and a way to keep its words as words. capture.js says when.
const form = document.getElementById("capture");
const line = document.getElementById("line");
const list = form.querySelector(".reading");
const reads = document.getElementById("reads");

function element(name, props, ...children) {
  const node = Object.assign(document.createElement(name), props);
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = form.querySelector(".add .icon").cloneNode(true);
  svg.firstElementChild.setAttribute("href", `#i-${name}`);
  return svg;
}

function settle(span, choice) {
  form.dispatchEvent(new CustomEvent("kairo:settle", { detail: { span, choice } }));
}

// The readings to choose from. They belong to no form: what is sent stands in the hidden field.
function radios(span, words) {
  const labels = span.alternatives.map(({ label, choice, taken }) => {
    const radio = { type: "radio", name: `at-${span.start}`, value: choice, checked: taken };
    const input = element("input", { ...radio, onchange: () => settle(span, choice) });
    input.setAttribute("form", "");
    return element("label", {}, label, input);
  });
  const legend = element("legend", { className: "hidden" }, `What does “${words}” mean?`);
  return labels.length ? [element("fieldset", {}, legend, ...labels)] : [];
}

function chip(span, text) {
  const words = text.slice(span.start, span.end);
  const keep = { type: "button", ariaLabel: `Keep “${words}” as words` };
  const button = element("button", keep, icon("close"));
  button.onclick = () => { line.focus(); settle(span); };
  const shown = span.text ? [element("span", {}, span.text)] : [];
  const parts = [icon(span.field), ...shown, ...radios(span, words), button];
  const node = element("li", { className: span.unsure ? "chip unsure" : "chip" }, ...parts);
  node.dataset.read = span.field;
  return node;
}

form.addEventListener("kairo:read", ({ detail: preview }) => {
  list.hidden = !preview;
  if (!preview) return;
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const kind = element("span", { className: "hidden" }, preview.kind);
  reads.replaceChildren(element("span", { className: preview.kind }, kind), ` ${preview.title}`);
  list.replaceChildren(reads, ...preview.spans.map((span) => chip(span, preview.text)));
  if (held?.name) list.querySelector(`[name="${held.name}"][value="${held.value}"]`)?.focus();
});
