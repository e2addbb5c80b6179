// The layer panel: switches that are the legend too.  In: the map and what is shown.  Out: tells what is shown now.

export function attachLayers(map, settings, shown, changed) {
  const panel = document.getElementById("layers");
  const button = document.getElementById("layers-button");
  const boxes = [...panel.querySelectorAll("input[name=layer]:not(:disabled)")];
  for (const box of boxes) {
    box.checked = shown.includes(box.value);
    box.addEventListener("change", () => {
      for (const layer of map.getStyle().layers) {
        if (layer.metadata?.name === box.value) {
          map.setLayoutProperty(layer.id, "visibility", box.checked ? "visible" : "none");
        }
      }
      changed(boxes.filter((other) => other.checked).map((other) => other.value));
    });
  }

  function open(isOpen) {
    panel.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) boxes[0]?.focus({ preventScroll: true });
    else button.focus();
  }
  button.addEventListener("click", () => open(panel.hidden));
  document.getElementById("layers-close").addEventListener("click", () => open(false));
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") open(false); });
}
