// The answer beside the map: the server's own words, fetched as a fragment.  In: a number, a position or an area.
import { afterPaint } from "./after_paint.js";

export function attachAnswer({ settings, opened, chosen }) {
  const panel = document.getElementById("answer");
  const body = document.getElementById("answer-body");
  let asking = null;

  function close() {
    asking?.abort();
    panel.hidden = true;
    body.replaceChildren();
    chosen({ number: null, area: null });
    opened(false);
  }

  // `beside` makes what is shown with the answer: what the map itself can tell of the place.
  async function ask(question, beside = null) {
    asking?.abort();
    asking = new AbortController();
    panel.hidden = false;
    panel.setAttribute("aria-busy", "true");
    opened(true);
    body.textContent = settings.words.loading;
    chosen({ number: question.number ?? null, area: question.area ?? null });
    try {
      const answer = await fetch(addressOf(question), { signal: asking.signal, headers: { accept: "text/html" } });
      show(await answer.text(), answer.ok, question);
      const { signal } = asking;
      afterPaint(() => {
        const part = signal.aborted ? null : beside?.();
        if (part) after(body.querySelector(".counters"), part);
      });
    } catch (error) {
      if (error.name === "AbortError") return;
      body.textContent = settings.words.failed;
    }
    panel.removeAttribute("aria-busy");
  }

  function after(counts, part) {
    if (counts) counts.after(part);
    else body.append(part);
  }

  function addressOf({ number, at, area }) {
    const path = area ? "area/summary" : "plot/summary";
    const query = new URLSearchParams(settings.moment);
    if (area) query.set("corners", area);
    else if (number) query.set("number", number);
    else query.set("at", at.map((degrees) => degrees.toFixed(7)).join(","));
    return `/${settings.code}/${path}?${query}`;
  }

  function show(html, isOk, question) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const part = isOk ? page.querySelector(".summary") : page.querySelector("main .column");
    if (part) body.replaceChildren(document.adoptNode(part));
    else body.textContent = settings.words.failed;
    const heading = body.querySelector("h1, h2");
    heading?.setAttribute("tabindex", "-1");
    const { signal } = asking;
    const centre = part?.dataset.centre?.split(",").map(Number);
    afterPaint(() => {
      if (signal.aborted) return;
      body.scrollTop = 0;
      heading?.focus({ preventScroll: true });
      if (isOk && part) chosen({ number: part.dataset.number ?? null, area: question.area ?? null, centre });
    });
    if (!isOk || !part) return;
    for (const link of part.querySelectorAll("a[data-number]")) {
      link.addEventListener("click", (event) => { event.preventDefault(); ask({ number: link.dataset.number }); });
    }
  }

  document.getElementById("answer-close").addEventListener("click", close);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  return { ask, close };
}
