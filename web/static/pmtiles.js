// Reads one file of tiles (PMTiles, specification 3) piece by piece: from a file on the reader's own device, which needs no line at
// all, or from any host that answers ranges of bytes.  It stands alone, so that other maps can use it too.
const HEAD = 127, FIRST = 16384; // bytes of the header, and of the first piece, which holds the root directory as well
const GZIP = 2, NOT_PACKED = 1, VECTOR = 1;
const KEPT = 64; // directories that are kept

export class NotAnArchive extends Error {}
export class Replaced extends Error {} // another file lies at the address now: parts of two make none

export function fileSource(file) {
  return { name: file.name, read: (offset, length) => file.slice(offset, offset + length).arrayBuffer() };
}

export function addressSource(address) {
  let whole; // of a host that sends everything whatever is asked
  let tag = null;
  return {
    name: address,
    async read(offset, length) {
      if (whole) return whole.slice(offset, offset + length);
      const headers = { Range: `bytes=${offset}-${offset + length - 1}` };
      const answer = await fetch(address, { headers }).catch((fault) => { throw new Error(`${address}: ${fault.message}`); }); // not a fault of the file
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      const now = answer.headers.get("etag");
      if (tag && now && now !== tag) throw new Replaced(address);
      tag = now;
      const found = await answer.arrayBuffer();
      if (answer.status === 206) return found;
      whole = found;
      return whole.slice(offset, offset + length);
    },
  };
}

// What an archive says of itself, and `tile(z, x, y)`: its bytes unpacked, empty where nothing lies.
export async function opened(source) {
  const first = await source.read(0, FIRST);
  const head = header(first);
  const piece = async (offset, length) => (offset + length <= first.byteLength ? first.slice(offset, offset + length) : source.read(offset, length));
  const unpacked = async (offset, length, how) => (how === GZIP ? gunzipped(await piece(offset, length)) : piece(offset, length));
  const directories = new Map();

  function directory(offset, length) {
    if (!directories.has(offset)) {
      if (directories.size >= KEPT) directories.delete(directories.keys().next().value);
      directories.set(offset, unpacked(offset, length, head.packing).then(entries));
    }
    return directories.get(offset);
  }

  async function tile(z, x, y) {
    const wanted = number(z, x, y);
    let [offset, length] = head.root;
    for (let level = 0; level < 4; level += 1) {
      const entry = last(await directory(offset, length), wanted);
      if (!entry) break;
      if (entry.run > 0) {
        if (wanted >= entry.id + entry.run) break;
        return unpacked(head.tiles + entry.offset, entry.length, head.tilePacking);
      }
      [offset, length] = [head.leaves + entry.offset, entry.length];
    }
    return new ArrayBuffer(0);
  }

  const told = head.told[1] ? JSON.parse(new TextDecoder().decode(await unpacked(...head.told, head.packing))) : {};
  return { ...head.map, told, tile };
}

function header(bytes) {
  const view = new DataView(bytes);
  const isOne = bytes.byteLength >= HEAD && new TextDecoder().decode(bytes.slice(0, 7)) === "PMTiles" && view.getUint8(7) === 3;
  const packing = isOne && view.getUint8(97), tilePacking = isOne && view.getUint8(98);
  const isKnown = [packing, tilePacking].every((each) => each === GZIP || each === NOT_PACKED);
  if (!isOne || !isKnown || view.getUint8(99) !== VECTOR) throw new NotAnArchive();
  const long = (at) => Number(view.getBigUint64(at, true));
  const degrees = (at) => view.getInt32(at, true) / 1e7;
  return {
    root: [long(8), long(16)], told: [long(24), long(32)], leaves: long(40), tiles: long(56), packing, tilePacking,
    map: { minzoom: view.getUint8(100), maxzoom: view.getUint8(101), bounds: [102, 106, 110, 114].map(degrees) },
  };
}

async function gunzipped(bytes) {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

function entries(bytes) {
  const from = new Uint8Array(bytes);
  let at = 0;
  const next = () => {
    for (let value = 0, weight = 1; ; weight *= 128) {
      const byte = from[at++];
      if (byte === undefined) throw new NotAnArchive();
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
  };
  const found = Array.from({ length: Math.min(next(), from.length) }, () => ({}));
  let id = 0;
  for (const each of found) each.id = id += next();
  for (const each of found) each.run = next();
  for (const each of found) each.length = next();
  found.forEach((each, place) => {
    const told = next();
    each.offset = told === 0 && place > 0 ? found[place - 1].offset + found[place - 1].length : told - 1;
  });
  return found;
}

// The last entry whose tiles begin at or before a number.
function last(found, wanted) {
  let low = 0, high = found.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (found[middle].id <= wanted) low = middle + 1;
    else high = middle - 1;
  }
  return found[high];
}

// The number of a tile along the Hilbert curve, behind all tiles of lesser zooms.
export function number(z, x, y) {
  let found = (4 ** z - 1) / 3;
  for (let half = 2 ** (z - 1); half >= 1; half /= 2) {
    const right = (x & half) > 0 ? 1 : 0, low = (y & half) > 0 ? 1 : 0;
    found += half * half * ((3 * right) ^ low);
    if (low) continue;
    if (right) [x, y] = [half - 1 - (x & (half - 1)), half - 1 - (y & (half - 1))];
    [x, y] = [y, x];
  }
  return found;
}
