// <button data-dialog="ID"> opens the <dialog id="ID">; a click on the backdrop closes it.
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    if (opener) {
      document.getElementById(opener.dataset.dialog)?.showModal();
      event.preventDefault();
    } else if (event.target instanceof HTMLDialogElement) {
      event.target.close();
    }
  });
}
