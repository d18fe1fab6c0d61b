// A page that follows something: told that it changed, it asks for what is new and puts that in.
// Parts that did not change are left alone, so that nobody loses their place in them.
const page = document.querySelector("[data-live]");
document.querySelector("[data-alone]")?.remove();

function toEnd() {
  for (const part of document.querySelectorAll("[data-end]")) part.scrollTop = part.scrollHeight;
}

function putIn(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old || old.innerHTML === part.innerHTML) continue;
    const isBusy = old.contains(document.activeElement) && document.activeElement.matches("select");
    if (isBusy) continue; // somebody chooses something there; the next change brings it
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const mark = focused && [focused.name, focused.value, focused.tagName];
    old.replaceChildren(...part.childNodes);
    if (mark) {
      const again = [...old.querySelectorAll(mark[2])].find((one) => one.name === mark[0] && one.value === mark[1]);
      (again ?? page.querySelector("h1"))?.focus();
    }
  }
  toEnd();
}

let asked = 0;

async function look() {
  const mine = ++asked;
  const answer = await fetch(page.dataset.now);
  if (mine !== asked) return; // somebody asked later: theirs is newer
  if (answer.headers.has("kindline-over")) location.assign(page.dataset.over);
  else if (answer.ok) putIn(await answer.text());
}

page.addEventListener("submit", async (event) => {
  if (!event.target.action.includes(page.dataset.now.replace(/\/now$/, "")) || event.target.action.endsWith("/take")) return;
  event.preventDefault();
  const told = new URLSearchParams(new FormData(event.target, event.submitter));
  const answer = await fetch(event.target.action, { method: "POST", body: told });
  if (answer.status === 409) putIn(await answer.text());
  else await look();
});

const told = new EventSource(page.dataset.live);
told.addEventListener("changed", look);
told.addEventListener("look", look);
toEnd();
