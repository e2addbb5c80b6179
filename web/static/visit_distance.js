// Metres from a position to a plot, on the ground: WGS 84, in the plane that touches the ellipsoid at the position.
// Good to a centimetre for some kilometres; the service reckons it again in the land's own system.
const A = 6378137, E2 = 0.00669437999014, RADIANS = Math.PI / 180;

export function metresTo(boundary, longitude, latitude) {
  const sine = Math.sin(latitude * RADIANS);
  const w = 1 - E2 * sine * sine;
  const north = (A * (1 - E2)) / w ** 1.5 * RADIANS;
  const east = (A / Math.sqrt(w)) * Math.cos(latitude * RADIANS) * RADIANS;
  const polygons = boundary.type === "MultiPolygon" ? boundary.coordinates : [boundary.coordinates];
  let nearest = Infinity;
  for (const rings of polygons) {
    let isInside = false;
    for (const ring of rings) {
      const points = ring.map(([x, y]) => [(x - longitude) * east, (y - latitude) * north]);
      for (let i = 1; i < points.length; i += 1) {
        const [a, b] = [points[i - 1], points[i]];
        nearest = Math.min(nearest, toSegment(a, b));
        if ((a[1] > 0) !== (b[1] > 0) && (a[0] - b[0]) * (a[1] / (a[1] - b[1])) < a[0]) isInside = !isInside;
      }
    }
    if (isInside) return 0;
  }
  return nearest;
}

// From the origin to a segment.
function toSegment([ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length)) : 0;
  return Math.hypot(ax + along * dx, ay + along * dy);
}
