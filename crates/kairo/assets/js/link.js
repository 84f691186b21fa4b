// The page that a mailed link opens. The token lies in the fragment, which never leaves the browser
// by itself; it goes into the form, and out of the address bar and the history. One press sends it:
// a mail scanner that opens the page, or even runs it, uses nothing up.
const form = document.getElementById("link");
const code = document.getElementById("by-code");

function take() {
  const token = new URLSearchParams(location.hash.slice(1)).get("t");
  if (!form || !token) return;
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  form.hidden = false;
  if (code) code.hidden = true;
  form.querySelector("button").focus();
}

take();
// A second link opened in this tab changes the fragment alone.
addEventListener("hashchange", take);
