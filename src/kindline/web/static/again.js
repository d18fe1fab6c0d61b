// A list that is asked for again every two seconds while a worker is at it.
const list = document.querySelector("[data-again]");
const isBusy = () => list.querySelector("[data-busy]") !== null;
while (isBusy()) {
  await new Promise((done) => setTimeout(done, 2000));
  const answer = await fetch(list.dataset.again);
  if (!answer.ok) break;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  list.replaceChildren(...fresh.body.childNodes);
}
