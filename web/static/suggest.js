// Suggestions under a search box: an ARIA combobox with a list, by keyboard or touch.
// In: an input with data-suggest (address that answers ?q=).  Out: calls back with the chosen result.

const WAIT = 180; // milliseconds of silence before asking

export function attachSuggestions(input, choose) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.listLabel);
  list.hidden = true;
  const said = document.createElement("span");
  said.className = "unseen";
  said.setAttribute("role", "status");
  input.after(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  const kinds = JSON.parse(input.dataset.kinds);
  let found = [], active = -1, timer = 0, asking = null;

  function close() {
    asking?.abort();
    clearTimeout(timer);
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show(results) {
    found = results;
    active = -1;
    list.replaceChildren(...results.map(option));
    list.hidden = results.length === 0;
    input.setAttribute("aria-expanded", String(results.length > 0));
    input.removeAttribute("aria-activedescendant");
    said.textContent = results.length ? input.dataset.count.replace("{count}", results.length) : input.dataset.none;
  }

  function option(result, index) {
    const item = document.createElement("li");
    item.className = "suggestion";
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const title = document.createElement("span");
    title.className = "suggestion-title";
    const inMalayalam = input.dataset.lang === "ml" && result.title_ml;
    title.textContent = inMalayalam ? result.title_ml : result.title_en;
    title.lang = inMalayalam ? "ml" : "en";
    const kind = document.createElement("span");
    kind.className = "suggestion-kind";
    kind.textContent = kinds[result.kind.replaceAll(" ", "_")] ?? kinds.other;
    if (result.number && !title.textContent.includes(result.number)) kind.textContent += ` ${result.number}`; // two plots of one address
    item.append(title, kind);
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => pick(index));
    return item;
  }

  function move(step) {
    if (list.hidden || !found.length) return;
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (active + step + found.length + (active < 0 && step < 0 ? 1 : 0)) % found.length;
    const item = list.children[active];
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  function pick(index) {
    const result = found[index];
    input.value = input.dataset.lang === "ml" && result.title_ml ? result.title_ml : result.title_en;
    close();
    choose(result);
  }

  async function ask() {
    const text = input.value.trim();
    if (text.length < 2) return close();
    asking?.abort();
    asking = new AbortController();
    const place = document.getElementById("place")?.value ?? input.form.elements.place?.value ?? "";
    const address = new URL(input.dataset.suggest.replace("{place}", place), location.href);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { accept: "application/json" } });
      if (answer.ok) show((await answer.json()).results.slice(0, 8));
      else close();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { list.hidden ? ask() : move(1); event.preventDefault(); }
    else if (event.key === "ArrowUp") { move(-1); event.preventDefault(); }
    else if (event.key === "Enter" && !list.hidden && active >= 0) { pick(active); event.preventDefault(); }
    else if (event.key === "Escape" && !list.hidden) { close(); event.preventDefault(); }
  });
}
