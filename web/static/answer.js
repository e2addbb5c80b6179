// The answer beside the map: the server's own words, fetched as a fragment.  In: a number, a position or an area.

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

  async function ask(question) {
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
    } catch (error) {
      if (error.name === "AbortError") return;
      body.textContent = settings.words.failed;
    }
    panel.removeAttribute("aria-busy");
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
    body.scrollTop = 0;
    const heading = body.querySelector("h1, h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    if (!isOk || !part) return;
    const centre = part.dataset.centre?.split(",").map(Number);
    chosen({ number: part.dataset.number ?? null, area: question.area ?? null, centre });
    for (const link of part.querySelectorAll("a[data-number]")) {
      link.addEventListener("click", (event) => { event.preventDefault(); ask({ number: link.dataset.number }); });
    }
  }

  document.getElementById("answer-close").addEventListener("click", close);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  return { ask, close };
}
