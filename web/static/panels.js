// The map's tools, each with a button and a panel: one is open at a time, Escape and the close button lead back to the button.
import { afterPaint } from "./after_paint.js";

export function attachPanels(changed) {
  const tools = new Map();
  let open = null;

  function hide({ isSilent = false } = {}) {
    if (!open) return;
    const { panel, button, closed } = tools.get(open);
    open = null;
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    closed?.();
    if (!isSilent) changed(null);
  }

  function show(name, { hasFocus = true } = {}) {
    const tool = tools.get(name);
    if (!tool || name === open) return;
    hide({ isSilent: true });
    open = name;
    tool.panel.hidden = false;
    tool.button.setAttribute("aria-expanded", "true");
    tool.opened?.({ hasFocus });
    changed(name);
  }

  function back() {
    const button = tools.get(open)?.button;
    hide();
    afterPaint(() => button?.focus());
  }

  // A tool named `name` has a button `name-button` and a panel `name`; `opened` and `closed` are told.
  function add(name, { opened, closed } = {}) {
    const panel = document.getElementById(name), button = document.getElementById(`${name}-button`);
    tools.set(name, { panel, button, opened, closed });
    button.addEventListener("click", () => (name === open ? back() : show(name)));
    panel.querySelector("[data-close]")?.addEventListener("click", back);
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") back(); });
    return panel;
  }

  return { add, show, hide, back, isOpen: (name) => name === open };
}
