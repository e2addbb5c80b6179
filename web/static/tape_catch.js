// Where a point of a tape catches: on a corner, at the foot of the shortest way to a line, or on the line itself.
// In: a place on the screen and lines on it, in pixels, each with two ends.  Out: which line and how far along it, or null.

const CORNER = 14, LINE = 10; // pixels that a point may be off; corners are wanted more than lines

function along([x, y], [ax, ay, bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  return square ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
}

export function onLine([ax, ay, bx, by], share) {
  return [ax + (bx - ax) * share, ay + (by - ay) * share];
}

// The place that lies nearest to `at`: what catches harder goes first.  `from` is the point before, if there is one.
export function caught(at, lines, from) {
  const away = (index, share) => Math.hypot(...onLine(lines[index], share).map((each, axis) => each - at[axis]));
  const nearest = (shares, reach) => {
    let best = null;
    lines.forEach((line, index) => {
      for (const share of shares(line)) {
        const off = away(index, share);
        if (off <= reach && (!best || off < best.off)) best = { index, share, off };
      }
    });
    return best;
  };
  const corner = nearest(() => [0, 1], CORNER);
  if (corner) return { ...corner, on: "corner" };
  const foot = from && nearest((line) => [along(from, line)].filter((share) => share > 0 && share < 1), CORNER);
  if (foot) return { ...foot, on: "foot" };
  const edge = nearest((line) => [along(at, line)], LINE);
  return edge && { ...edge, on: "line" };
}
