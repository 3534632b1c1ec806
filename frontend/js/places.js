// Suggests places while somebody types, and finds where they are when they ask. Remembers nothing on the device.
import Combobox from "@github/combobox-nav";

const MOST = 8; // as many as are ever given, so fewer are all there are
const PAUSE_MS = 200;
const HALF_A_POSTCODE = /^[a-z]{1,2}\d[a-z\d]?$/i;
const NAME = /^\D{2,40}$/;
const STEP = { latitude: 0.005, longitude: 0.008 }; // about 500 metres; hubs/positions.py rounds alike
const PATIENCE = { timeout: 10_000, maximumAge: 60_000 };
const OR_ELSE = "Enter a postcode or town instead.";
const WHY_NOT = {
  1: `We are not allowed to see where you are. ${OR_ELSE}`,
  2: `We could not find where you are. ${OR_ELSE}`,
  3: `Finding where you are is taking too long. ${OR_ELSE}`,
};

/** Help to fill the box for a place in `form`. Returns what its location button does. */
export default function help(form) {
  suggest(form.querySelector('[name="near"]'), placesFrom(form.dataset.places));
  return () => locate(form);
}

function suggest(input, placesLike) {
  const list = element("ul", { role: "listbox", id: `${input.id}-places`, "aria-label": "Places", class: "search__places" });
  const said = element("p", { role: "status", class: "govuk-visually-hidden" });
  list.hidden = true;
  input.after(list, said);
  const combobox = new Combobox(input, list, { tabInsertsSuggestions: false });
  let waiting;

  function close() {
    clearTimeout(waiting);
    combobox.stop();
    list.hidden = true;
    said.textContent = "";
  }

  function open(places) {
    list.replaceChildren(...places.map(option));
    combobox.clearSelection();
    if (list.hidden) combobox.start();
    list.hidden = false;
    const count = places.length === 1 ? "1 place" : `${places.length} places`;
    said.textContent = `${count} suggested. Use the up and down arrows to choose.`;
  }

  function option({ name, about }, index) {
    const made = element("li", { role: "option", id: `${list.id}-${index}`, "data-name": name });
    made.textContent = about ? `${name}, ${about}` : name;
    return made;
  }

  async function update() {
    const typed = input.value.trim();
    const places = await placesLike(typed).catch(() => []);
    if (typed !== input.value.trim() || document.activeElement !== input) return;
    const isChosen = places.length === 1 && places[0].name.toLowerCase() === typed.toLowerCase();
    if (places.length && !isChosen) open(places);
    else close();
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, PAUSE_MS);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("combobox-commit", ({ target }) => {
    input.value = target.dataset.name;
    close();
    said.textContent = `${target.dataset.name} chosen.`;
  });
  if (input.value !== input.defaultValue) update(); // typed while this was on its way
}

/** Return a function that gives the places like what is typed, asking only for halves of postcodes and for names. */
function placesFrom(address) {
  let known = null;

  return async function placesLike(text) {
    const typed = text.normalize("NFKC");
    const key = keyOf(typed);
    if (key.length < 2 || !(HALF_A_POSTCODE.test(typed) || NAME.test(typed))) return [];
    if (known && key.startsWith(known.key)) {
      const left = known.places.filter((place) => keyOf(place.name).startsWith(key));
      if (left.length || /\d/.test(typed)) return left;
    }
    const query = new URLSearchParams({ q: typed.toLowerCase() });
    // Past the browser's cache, which would remember on the device what was typed.
    const options = { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };
    const answer = await fetch(`${address}?${query}`, options);
    const places = answer.ok ? (await answer.json()).places : [];
    if (answer.ok && places.length < MOST) known = { key, places };
    return places;
  };
}

function keyOf(text) {
  return text.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]/g, "");
}

function locate(form) {
  const told = form.querySelector(".search__told");
  told.textContent = "Finding where you are…";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const query = new URLSearchParams(new FormData(form));
      query.set("near", `${rounded(coords, "latitude")},${rounded(coords, "longitude")}`);
      told.textContent = "";
      window.location.assign(`${form.action}?${query}`);
    },
    ({ code }) => {
      told.textContent = WHY_NOT[code];
    },
    PATIENCE,
  );
}

function rounded(coords, name) {
  return (Math.round(coords[name] / STEP[name]) * STEP[name]).toFixed(3);
}

function element(tag, attributes) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
