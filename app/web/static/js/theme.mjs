// Switches the appearance at once; the server keeps the choice in a cookie.
import { post } from "./fetch.mjs";

export function startTheme() {
  for (const form of document.querySelectorAll("[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      const chosen = event.submitter?.value ?? "";
      event.preventDefault();
      if (chosen) document.documentElement.dataset.theme = chosen;
      else delete document.documentElement.dataset.theme;
      for (const button of form.querySelectorAll("button[name=theme]")) {
        button.setAttribute("aria-pressed", String(button.value === chosen));
      }
      const data = new FormData(form);
      data.set("theme", chosen);
      post(form.action, data).catch(() => {});
    });
  }
}
