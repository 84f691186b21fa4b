// Tells the form which time zone the browser lives in, so that a new account starts in it.
// Without JavaScript the field stays empty, and the account asks for nothing: Settings has it.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

for (const field of document.querySelectorAll('input[type="hidden"][name="zone"]')) {
  field.value = timeZone ?? "";
}
