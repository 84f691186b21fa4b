// Keys for those who like them: "/" goes to the line, j and k (or the arrows, once among the rows)
// move, e opens, x marks done, Escape leaves. All of it can be done without.
const line = document.getElementById("line");
line.setAttribute("aria-keyshortcuts", "/");
document.querySelector(".entry kbd").hidden = false;

const links = () => [...document.querySelectorAll(".rows > li > a")].filter(seen);
const seen = (link) => link.checkVisibility();
const row = () => document.activeElement?.closest(".rows > li");

function move(step) {
  const all = links();
  const at = all.indexOf(row()?.querySelector(":scope > a"));
  const start = all.findIndex((a) => a.ariaCurrent === "true");
  const next = at < 0 ? Math.max(start, 0) : at + step;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

function leave() {
  if (document.activeElement !== document.body) document.activeElement?.blur();
  else document.querySelector(".open .back")?.click();
}

const among = { ArrowDown: () => move(1), ArrowUp: () => move(-1) };
const rows = {
  x: () => row().querySelector(".tick")?.click(),
  e: () => row().querySelector(":scope > a")?.click(),
};
const everywhere = {
  "/": () => line.focus(),
  j: () => move(1),
  k: () => move(-1),
  e: () => document.querySelector(".open #title")?.focus(),
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return leave();
  if (event.key === "Enter" && event.target.id === "title") {
    event.preventDefault();
    return event.target.form.requestSubmit();
  }
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const act = (row() && (among[event.key] ?? rows[event.key])) || everywhere[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// After a change the page opens at the row that was changed. The focus goes there too, once
// the browser has scrolled, because that takes the focus away; and not from a person who is
// typing by then, whose next letters would be taken for keys.
if (location.hash.startsWith("#row-")) {
  const changed = document.getElementById(location.hash.slice(1));
  const idle = () => document.activeElement === document.body;
  const focus = () => idle() && changed?.querySelector(":scope > a")?.focus();
  addEventListener("load", () => setTimeout(focus));
}
