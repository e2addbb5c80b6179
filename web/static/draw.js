// Draw an area: corners by tap or keyboard, then the question what lies on it.
import { attachCorners } from "./corners.js";
import { afterPaint } from "./after_paint.js";

export function attachDraw(map, panels, { frame, words, say, finished }) {
  const undo = document.getElementById("draw-undo");
  const corners = attachCorners(map, { frame, changed, closed: finish, left: () => panels.back() });

  function changed(ring) {
    document.getElementById("draw-count").textContent = words.corners.replace("{count}", ring.length);
    undo.disabled = ring.length === 0;
  }

  function finish() {
    const drawn = corners.corners();
    if (drawn.length < 3) return say(words.too_few);
    panels.hide();
    finished(drawn);
  }

  panels.add("draw", {
    opened: ({ hasFocus }) => {
      corners.start();
      if (hasFocus) afterPaint(() => map.getCanvas().focus());
    },
    closed: () => corners.stop(),
  });
  document.getElementById("draw-finish").addEventListener("click", finish);
  undo.addEventListener("click", () => corners.undo());
  return { isActive: corners.isActive };
}
