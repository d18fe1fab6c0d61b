// The turn that is heard is marked as it is played; its time leads to its place in the sound.
const sound = document.getElementById("sound");
const turns = [...document.querySelectorAll("[data-at]")];
const at = (turn) => Number(turn.dataset.at) / 1000;
for (const turn of turns) {
  turn.querySelector("button.at")?.addEventListener("click", () => {
    sound.currentTime = at(turn);
    sound.play();
  });
}
sound.addEventListener("timeupdate", () => {
  const heard = turns.filter((turn) => at(turn) <= sound.currentTime + 0.05).at(-1);
  for (const turn of turns) {
    turn.toggleAttribute("data-heard", turn === heard && !sound.ended);
  }
});
