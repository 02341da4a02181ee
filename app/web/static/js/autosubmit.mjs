// A filter form sends itself when a choice changes, and half a second after typing stops.
export function startAutosubmit() {
  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    let timer;
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) {
        if (form.dataset.results) swapResults(form);
        else form.requestSubmit();
      }
    });
    form.addEventListener("input", (event) => {
      if (!event.target.matches("input[type=search], input[type=text]")) return;
      clearTimeout(timer);
      timer = setTimeout(() => swapResults(form), 500);
    });
  }
}

// Fetches the page the form leads to and puts its <main> results in place, so that typing goes on.
async function swapResults(form) {
  const target = form.dataset.results && document.getElementById(form.dataset.results);
  if (!target) return;
  const url = new URL(form.action || location.href);
  url.search = new URLSearchParams(new FormData(form)).toString();
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(target.id);
    if (!fresh) return;
    target.replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", url);
  } catch {
    // Offline: what is shown stays; pressing Enter sends the form and says so.
  }
}
