// What became of files, told by the server whenever it changes, while a worker is at one.
const list = document.querySelector("[data-progress]");
if (list.querySelector("[data-busy]")) {
  const told = new EventSource(list.dataset.progress);
  told.addEventListener("message", (event) => {
    const fresh = new DOMParser().parseFromString(JSON.parse(event.data), "text/html");
    list.replaceChildren(...fresh.body.childNodes);
  });
  told.addEventListener("over", () => told.close());
}
