// The scoring sheet: every tap is saved at once, kept on the tablet until the server has it, and timed.
import { Saver } from "./fetch.mjs";

const TYPING_PAUSE = 700;

// What the server has not acknowledged yet, kept on this device so that a reload or a crash loses nothing.
class Shelf {
  constructor(name) {
    this.name = name;
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  write(values) {
    try {
      if (Object.keys(values).length) localStorage.setItem(this.name, JSON.stringify(values));
      else localStorage.removeItem(this.name);
    } catch {
      // Private windows may refuse storage; the queue in memory still retries.
    }
  }

  put(key, value) {
    this.write({ ...this.read(), [key]: value });
  }

  drop(key, value) {
    const values = this.read();
    if (values[key] !== value) return;
    delete values[key];
    this.write(values);
  }
}

function startSheet(form) {
  const shelf = new Shelf(`assessment:${form.dataset.assessment}`);
  const sent = new Map();
  const saver = new Saver(form.querySelector("[data-save-state]"), {
    onSaved: (key) => shelf.drop(key, sent.get(key)),
  });
  const timers = new Map();

  const send = (name, value) => {
    clearTimeout(timers.get(name));
    timers.delete(name);
    sent.set(name, value);
    saver.save(name, form.dataset.saveUrl, { [name]: value });
  };
  const changed = (field, pause) => {
    if (!field.name || field.type === "hidden" || field.type === "submit") return;
    const { name, value } = field;
    shelf.put(name, value);
    clearTimeout(timers.get(name));
    if (pause) timers.set(name, setTimeout(() => send(name, value), pause));
    else send(name, value);
    count(form);
  };
  form.addEventListener("input", ({ target }) => {
    if (target.matches("textarea")) changed(target, TYPING_PAUSE);
  });
  form.addEventListener("change", ({ target }) => changed(target, 0));

  for (const [name, value] of Object.entries(shelf.read())) {
    restore(form, name, value);
    send(name, value);
  }
  count(form);
  holdUntilSaved(form, saver);
}

function restore(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field) field.value = value;
}

// The page is left only once the server has everything, so that no browser error takes its place.
function holdUntilSaved(form, saver) {
  let waiting = false;
  form.addEventListener("submit", async (event) => {
    if (saver.idle) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    await saver.settled();
    waiting = false;
    if (saver.idle) form.requestSubmit(event.submitter);
  });
}

function count(form) {
  const shown = form.querySelector("[data-scored]");
  const done = [...form.querySelectorAll("[data-criterion]")].filter((part) => part.querySelector("input:checked"));
  shown.textContent = shown.dataset.text.replace("{done}", done.length).replace("{all}", shown.dataset.of);
}

function startStopwatch(box) {
  const form = box.querySelector("[data-clock-form]");
  const [main] = form.querySelectorAll("button");
  const time = box.querySelector("[data-time]");
  const word = box.querySelector("[data-word]");
  const limit = Number(box.dataset.limit);
  const saver = new Saver(null);
  let before = Number(box.dataset.seconds);
  let since = box.dataset.running === "true" ? performance.now() : null;

  const seconds = () => Math.floor(before + (since === null ? 0 : (performance.now() - since) / 1000));
  const show = () => {
    const now = seconds();
    time.textContent = `${Math.floor(now / 60)}:${String(now % 60).padStart(2, "0")}`;
    const said = now >= limit ? box.dataset.over : limit - now <= 60 && since !== null ? box.dataset.near : "";
    if (word.textContent !== said) word.textContent = said;
    box.classList.toggle("is-over", now >= limit);
    main.value = since === null ? "start" : "stop";
    const label = since !== null ? box.dataset.stop : now ? box.dataset.goOn : box.dataset.start;
    if (main.textContent.trim() !== label) main.textContent = label;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const act = event.submitter?.value ?? "start";
    before = act === "reset" ? 0 : seconds();
    since = act === "start" ? performance.now() : null;
    saver.save("clock", box.dataset.url, { act, seconds: before });
    show();
  });
  setInterval(show, 250);
  show();
}

for (const form of document.querySelectorAll("form[data-assessment]")) startSheet(form);
for (const box of document.querySelectorAll("[data-stopwatch]")) startStopwatch(box);
