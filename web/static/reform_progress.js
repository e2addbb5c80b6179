// How far a study is, asked every second; without it the page tells the same when it is looked at again.
const section = document.querySelector("[data-progress]");
const EVERY = 1000; // ms between two questions
const LONGEST = 30_000; // ms that a question is put off while the server does not answer
let pause = EVERY;

function show({ done, steps, percent }) {
  if (!steps) return;
  section.querySelector("progress").value = percent;
  section.querySelector("[data-said]").textContent = section.dataset.told.replace("{done}", done).replace("{steps}", steps);
}

async function ask() {
  try {
    const answer = await fetch(section.dataset.progress, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (!["waiting", "running"].includes(told.state)) {
      window.location.reload();
      return;
    }
    show(told);
    pause = EVERY;
  } catch {
    pause = Math.min(pause * 2, LONGEST);
  }
  setTimeout(ask, pause);
}

if (section) setTimeout(ask, pause);
