// Lengths and areas on the ground, on the ellipsoid of WGS 84, and how far off a measure can be when its corners are.
// In: positions in degrees, longitude first.  Out: metres and square metres.

const A = 6378137, F = 1 / 298.257223563, B = A * (1 - F), E2 = F * (2 - F), E = Math.sqrt(E2);
const STRIDE = 250; // metres of a side that count as straight in the equal-area plane: the error is below a billionth of the area
const MOST_STRIDES = 400;
const rad = (degrees) => degrees * Math.PI / 180;

// Vincenty, Survey Review 23(176), 1975: to a millimetre for any two places that are not on opposite sides of the earth.
export function distance([lon1, lat1], [lon2, lat2]) {
  const [u1, u2] = [lat1, lat2].map((lat) => Math.atan((1 - F) * Math.tan(rad(lat))));
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const l = rad(lon2 - lon1);
  let lambda = l, sinSigma = 0, cosSigma = 1, sigma = 0, cosSqAlpha = 1, cos2m = 0;
  for (let round = 0; round < 100; round += 1) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinSigma === 0) return 0;
    cosSigma = s1 * s2 + c1 * c2 * cl;
    sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = c1 * c2 * sl / sinSigma;
    cosSqAlpha = 1 - sinAlpha ** 2;
    cos2m = cosSqAlpha === 0 ? 0 : cosSigma - 2 * s1 * s2 / cosSqAlpha;
    const c = F / 16 * cosSqAlpha * (4 + F * (4 - 3 * cosSqAlpha));
    const before = lambda;
    lambda = l + (1 - c) * F * sinAlpha * (sigma + c * sinSigma * (cos2m + c * cosSigma * (2 * cos2m ** 2 - 1)));
    if (Math.abs(lambda - before) < 1e-12) break;
  }
  const k = cosSqAlpha * (A ** 2 - B ** 2) / B ** 2;
  const a = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)));
  const b = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)));
  const more = b * sinSigma * (cos2m + b / 4 * (cosSigma * (2 * cos2m ** 2 - 1) - b / 6 * cos2m * (4 * sinSigma ** 2 - 3) * (4 * cos2m ** 2 - 3)));
  return B * a * (sigma - more);
}

export function lengthOf(line) {
  return line.slice(1).reduce((sum, place, index) => sum + distance(line[index], place), 0);
}

// The area of a ring, not closed, by its corners in the cylindrical equal-area projection of the ellipsoid (Snyder, Map
// Projections, 1987, 10-15 to 10-20); long sides are bent as the shortest way over the ground is.
export function areaOf(ring) {
  const bent = ring.flatMap((place, index) => between(place, ring[(index + 1) % ring.length]));
  const [lon0] = ring[0];
  const plane = bent.map(([lon, lat]) => [A * rad(lon - lon0), A * q(lat) / 2]);
  let twice = 0;
  plane.forEach(([x, y], index) => {
    const [x2, y2] = plane[(index + 1) % plane.length];
    twice += x * y2 - x2 * y;
  });
  return Math.abs(twice) / 2;
}

function q(lat) {
  const s = Math.sin(rad(lat));
  return (1 - E2) * (s / (1 - E2 * s ** 2) - Math.log((1 - E * s) / (1 + E * s)) / (2 * E));
}

// Places from one to another, the last left out, along the great circle.
function between(from, to) {
  const parts = Math.min(MOST_STRIDES, Math.ceil(distance(from, to) / STRIDE));
  if (parts < 2) return [from];
  const [p, r] = [from, to].map(([lon, lat]) => [Math.cos(rad(lat)) * Math.cos(rad(lon)), Math.cos(rad(lat)) * Math.sin(rad(lon)), Math.sin(rad(lat))]);
  const arc = Math.acos(Math.min(1, p[0] * r[0] + p[1] * r[1] + p[2] * r[2]));
  return Array.from({ length: parts }, (_, step) => {
    const [f, g] = [Math.sin(arc * (1 - step / parts)), Math.sin(arc * step / parts)];
    const [x, y, z] = [0, 1, 2].map((axis) => (f * p[axis] + g * r[axis]) / Math.sin(arc));
    return [Math.atan2(y, x) * 180 / Math.PI, Math.atan2(z, Math.hypot(x, y)) * 180 / Math.PI];
  });
}

// Metres eastward and northward of corners from the first one, exact enough to tell how errors spread.
function flat(ring) {
  const [lon0, lat0] = ring[0];
  const w = 1 - E2 * Math.sin(rad(lat0)) ** 2;
  const east = A / Math.sqrt(w) * Math.cos(rad(lat0)), north = A * (1 - E2) / w ** 1.5;
  return ring.map(([lon, lat]) => [rad(lon - lon0) * east, rad(lat - lat0) * north]);
}

// How far off a length is when each corner is off by `each` metres, independently and to any side.
export function lengthError(line, each) {
  return planeLengthError(flat(line), each);
}

// The same of places in metres on a plane.
export function planeLengthError(places, each) {
  const along = (from, to) => {
    if (!from || !to) return [0, 0];
    const [x, y] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(x, y) || 1;
    return [x / length, y / length];
  };
  const pulls = places.map((place, index) => {
    const [a, b] = [along(places[index - 1], place), along(place, places[index + 1])];
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
  });
  return each * Math.sqrt(pulls.reduce((sum, pull) => sum + pull, 0));
}

// The same for the area of a ring.
export function areaError(ring, each) {
  return planeAreaError(flat(ring), each);
}

export function planeAreaError(places, each) {
  const count = places.length;
  const spans = places.map((_, index) => {
    const [before, after] = [places[(index + count - 1) % count], places[(index + 1) % count]];
    return (after[0] - before[0]) ** 2 + (after[1] - before[1]) ** 2;
  });
  return each / 2 * Math.sqrt(spans.reduce((sum, span) => sum + span, 0));
}
