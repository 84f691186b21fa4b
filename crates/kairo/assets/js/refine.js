// A thought that was just kept is being read once more. This module asks its page how far that has
// come, and shows the outcome when it is there: it reads the page again, unless the person is typing
// by then. Without it the next page shows the same.
const notice = document.querySelector(".notice[data-asks]");
const until = performance.now() + 10_000;

function busy() {
  const line = document.getElementById("line");
  const field = document.activeElement?.closest("input, textarea, select");
  return line.value !== "" || (field && field !== line);
}

async function ask() {
  const answer = await fetch(notice.dataset.asks, { redirect: "manual" }).catch(() => null);
  const refine = answer?.headers.get("kairo-refine");
  if (refine === "running") {
    if (performance.now() < until) setTimeout(ask, 500);
    return;
  }
  if (!refine) return;
  if (busy()) notice.querySelector("p").append(" It is done, and shows on the next page.");
  else location.reload();
}

setTimeout(ask, 300);
