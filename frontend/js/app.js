// Public pages and forms: only the GOV.UK components we use. Every page works without this file.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  ExitThisPage,
  Radios,
  SkipLink,
  createAll,
} from "govuk-frontend";

// The class must stand on <body> before the components start, or none of them does.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

createAll(Button, { preventDoubleClick: true });
for (const component of [CharacterCount, Checkboxes, ErrorSummary, ExitThisPage, Radios, SkipLink]) {
  createAll(component);
}

// Filters stand open where there is room beside the results.
if (window.matchMedia("(min-width: 60em)").matches) {
  for (const filters of document.querySelectorAll('[data-module="open-when-wide"]')) filters.open = true;
}

// The box for a place is a plain one until somebody comes to it: only then is fetched what helps to fill it.
for (const box of document.querySelectorAll('[data-module="place-box"]')) {
  let helped;
  const help = () => (helped ??= import(box.dataset.script).then((script) => script.default(box)));
  box.addEventListener("focusin", () => help().catch(() => {}), { once: true });

  const here = box.querySelector(".search__here");
  here.hidden = !(window.isSecureContext && navigator.geolocation);
  here.addEventListener("click", () => {
    const failed = () => {
      box.querySelector(".search__told").textContent = "That did not work. Enter a postcode or town instead.";
    };
    help().then((locate) => locate(), failed);
  });
}

// A page of the journey that a browser kept for its Back button may hold somebody's words: hide it and ask again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted || !document.body.classList.contains("journey")) return;
  document.body.hidden = true;
  window.location.reload();
});
