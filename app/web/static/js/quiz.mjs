// Saves each answer when it changes, says truthfully whether it is saved, keeps two windows from
// overwriting each other, and follows the server's clock.
import { Saver } from "./fetch.mjs";
import { say } from "./toast.mjs";

const TYPING_MS = 600;
const SPOKEN_SECONDS = [600, 300, 60, 30];

class Attempt {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-save-state]");
    this.contested = new Set();
    this.timers = new Map();
    this.step = 0;
    this.saver = new Saver(this.state, {
      onSaved: (_key, answer) => answer.json().then((reply) => this.acknowledged(reply)),
      onRefused: (error) => this.refused(error),
    });
    form.addEventListener("change", (event) => this.changed(event.target, 0));
    form.addEventListener("input", (event) => {
      if (event.target.matches("textarea, input[type=text]")) this.changed(event.target, TYPING_MS);
    });
    form.addEventListener("submit", (event) => this.leave(event));
    form.addEventListener("click", (event) => this.clicked(event));
  }

  changed(field, wait) {
    const question = field.closest("[data-position]");
    if (!question) return;
    const position = question.dataset.position;
    clearTimeout(this.timers.get(position));
    this.timers.delete(position);
    if (wait) this.timers.set(position, setTimeout(() => this.send(question), wait));
    else this.send(question);
  }

  send(question) {
    const { position } = question.dataset;
    this.timers.delete(position);
    this.mark(question);
    const values = [...new FormData(this.form)].filter(([name]) => name === `q-${position}` || name.startsWith(`q-${position}-`));
    this.step = Math.max(this.step + 1, Date.now());
    const step = String(this.step);
    const hidden = (name) => this.form.elements[name].value;
    // Read when it is sent, not when it is queued: by then an earlier save may have raised the version.
    const data = {
      *[Symbol.iterator]() {
        yield ["page", hidden("page")];
        yield ["step", step];
        yield [`v-${position}`, hidden(`v-${position}`)];
        yield [`b-${position}`, hidden(`b-${position}`)];
        yield* values;
      },
    };
    this.saver.save(position, this.form.dataset.save, data);
  }

  flush() {
    for (const [position, timer] of this.timers) {
      clearTimeout(timer);
      this.send(this.question(position));
    }
  }

  acknowledged(reply) {
    for (const answer of reply.answers) {
      const question = this.question(answer.position);
      const notice = question.querySelector("[data-conflict]");
      const conflict = answer.state === "conflict";
      notice.hidden = !conflict;
      if (conflict) {
        notice.querySelector("[data-stored]").textContent = answer.stored ? `(${answer.stored})` : "";
        notice.dataset.version = answer.version;
        this.contested.add(answer.position);
      } else {
        this.contested.delete(answer.position);
        this.form.elements[`v-${answer.position}`].value = answer.version;
        this.form.elements[`b-${answer.position}`].value = answer.base;
      }
    }
    // After the saver has said "saved" for what the server took: a contested answer is not saved.
    setTimeout(() => {
      if (!this.contested.size) return;
      this.state.dataset.saveState = "failed";
      this.state.querySelector("[data-save-text]").textContent = this.state.dataset.textFailed;
    });
  }

  refused(error) {
    let reply = {};
    try {
      reply = JSON.parse(error.text);
    } catch {
      // Not ours to read: a sign-in or an error page.
    }
    if (reply.ended) {
      const notice = this.form.querySelector("[data-ended]");
      notice.querySelector("[data-ended-text]").textContent = this.form.dataset.textEnded;
      notice.hidden = false;
    } else if (error.status === 401) {
      say(this.form.dataset.textSignin, "error");
    }
  }

  clicked(event) {
    if (event.target.closest("[data-keep]")) {
      const question = event.target.closest("[data-position]");
      const notice = question.querySelector("[data-conflict]");
      this.form.elements[`v-${question.dataset.position}`].value = notice.dataset.version;
      notice.hidden = true;
      this.send(question);
      (question.querySelector("input:not([type=hidden]), select, textarea") ?? question).focus();
    } else if (event.target.closest("[data-reload]")) {
      event.preventDefault();
      location.assign(event.target.closest("a").href);
      location.reload();
    }
  }

  // Hands over to the next page once everything is acknowledged; the server has the last word.
  async leave(event) {
    if (this.leaving) return;
    event.preventDefault();
    const button = event.submitter;
    this.flush();
    // A form cannot be sent again while its submit event is still being handed round.
    await new Promise((resolve) => setTimeout(resolve));
    await this.saver.settled();
    this.leaving = true;
    this.form.requestSubmit(button);
  }

  mark(question) {
    const fields = [...question.querySelectorAll("input:not([type=hidden]), select, textarea")];
    const answered = fields.some((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value.trim() !== ""));
    const link = this.form.querySelector(`[data-link="${question.dataset.position}"]`);
    link.classList.toggle("is-answered", answered);
    link.querySelector("[data-state]").textContent = answered ? this.form.dataset.textAnswered : this.form.dataset.textOpen;
  }

  question(position) {
    return this.form.querySelector(`[data-position="${position}"]`);
  }
}

class Clock {
  constructor(attempt) {
    this.attempt = attempt;
    this.form = attempt.form;
    this.element = this.form.querySelector("[data-clock]");
    this.endsAt = Date.now() + Number(this.form.dataset.seconds) * 1000;
    this.spoken = new Set(SPOKEN_SECONDS.filter((seconds) => seconds >= Number(this.form.dataset.seconds)));
    this.tick();
  }

  tick() {
    const left = Math.ceil((this.endsAt - Date.now()) / 1000);
    const words = this.words(Math.max(left, 0));
    const shown = this.element.querySelector("[data-clock-text]");
    if (shown.textContent !== words) shown.textContent = words;
    this.element.classList.toggle("is-short", left <= 60);
    if (left <= 2) this.attempt.flush();
    const due = SPOKEN_SECONDS.filter((seconds) => left <= seconds && !this.spoken.has(seconds));
    if (due.length) {
      due.forEach((seconds) => this.spoken.add(seconds));
      this.form.querySelector("[data-announce]").textContent = words;
    }
    if (left < 0) {
      // The server decides what the end means: handed in, handing in only, or not counted.
      this.attempt.leaving = true;
      location.replace(this.form.dataset.here);
      return;
    }
    setTimeout(() => this.tick(), 1000 - (Date.now() % 1000));
  }

  words(left) {
    const { textMinutes, textMinute, textSeconds } = this.form.dataset;
    if (left <= 60) return textSeconds.replace("{n}", left);
    const minutes = Math.ceil(left / 60);
    return minutes === 1 ? textMinute : textMinutes.replace("{n}", minutes);
  }
}

const form = document.querySelector("[data-quiz]");
if (form?.querySelector("[data-save-state]")) {
  const attempt = new Attempt(form);
  if (form.dataset.seconds) new Clock(attempt);
}
// A page from the browser's memory may show answers that were changed since.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && form) location.reload();
});
