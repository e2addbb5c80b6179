// Tiles that were not ready yet (503, as after a large import) are asked for once more; all other faults are told as ever.
const AGAIN = 10_000; // milliseconds: what the service answers as Retry-After, which a tile's fault does not carry

export function attachAgain(map) {
  const due = new Map(); // of each source the tiles to ask for; all tiles of a source at once would leave those that failed waiting
  map.on("error", ({ error, sourceId, tile }) => {
    if (error?.status !== 503 || !sourceId || !tile) return console.error(error);
    const { z, x, y } = tile.tileID.canonical;
    if (!due.has(sourceId)) {
      due.set(sourceId, []);
      setTimeout(() => {
        const tiles = due.get(sourceId);
        due.delete(sourceId);
        if (map.getSource(sourceId)) map.refreshTiles(sourceId, tiles);
      }, AGAIN);
    }
    due.get(sourceId).push({ z, x, y });
  });
}
