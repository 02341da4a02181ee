// <button data-confirm="What is lost">: asks before its form is sent. The words come from the page.
export function startConfirm() {
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.dataset.confirm || button.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("[data-confirm-text]").textContent = button.dataset.confirm;
    const yes = dialog.querySelector("[data-confirm-yes]");
    yes.textContent = button.textContent.trim() || button.getAttribute("aria-label");
    dialog.returnValue = "";
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return button.focus();
        button.dataset.confirmed = "yes";
        button.form.requestSubmit(button);
        delete button.dataset.confirmed;
      },
      { once: true },
    );
    dialog.showModal();
  }, true);
}
