// Charts come once the page stands: each place says where its drawing is to be had.
for (const place of document.querySelectorAll("[data-from]")) {
  const answer = await fetch(place.dataset.from);
  if (answer.ok) {
    const drawing = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    place.replaceChildren(document.importNode(drawing.documentElement, true));
  }
  place.removeAttribute("aria-busy");
}
