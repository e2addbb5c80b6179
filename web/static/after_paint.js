// Put off what asks for the layout of the page (focus, sizes) until the browser has worked it out anyway: asked for at once, a slow
// phone lays the page out within our own script, and then again.
export function afterPaint(act) {
  requestAnimationFrame(() => setTimeout(act));
}
