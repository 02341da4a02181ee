// Dismiss buttons of toasts, and `say()` for scripts that have something to tell.
export function startToasts() {
  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-dismiss]")?.closest("[data-toast]")?.remove();
  });
}

export function say(text, kind = "info") {
  const region = document.querySelector("[data-toasts]");
  if (!region) return;
  const toast = document.createElement("div");
  toast.className = `toast toast-${kind}`;
  toast.dataset.toast = "";
  const words = document.createElement("p");
  words.className = "fill";
  words.textContent = text;
  toast.append(words);
  region.append(toast);
}
