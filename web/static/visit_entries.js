// What an inspector has told and the telephone has not sent: kept in its own database until the service has it all.
let opened;

function store() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("bhumika-visits", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("visits", { keyPath: "id" });
      asked.result.createObjectStore("files", { keyPath: ["visit", "sha256"] });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// One transaction; done once it is on the disk, not when it was asked for.
async function within(names, mode, work) {
  const held = (await store()).transaction(names, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    held.oncomplete = resolve;
    held.onabort = held.onerror = () => reject(held.error);
  });
  const answer = work(...names.map((name) => held.objectStore(name)));
  await done;
  return answer?.result;
}

export const keep = (entry) => within(["visits"], "readwrite", (visits) => visits.put(entry));
export const entries = () => within(["visits"], "readonly", (visits) => visits.getAll());
export const file = (visit, sha256) => within(["files"], "readonly", (files) => files.get([visit, sha256]));
export const keepFile = (kept) => within(["files"], "readwrite", (files) => files.put(kept));

// A photograph and the entry that names it are kept together or not at all.
export const keepPhoto = (entry, kept) =>
  within(["visits", "files"], "readwrite", (visits, files) => {
    files.put(kept);
    return visits.put(entry);
  });

export const dropPhoto = (entry, sha256) =>
  within(["visits", "files"], "readwrite", (visits, files) => {
    files.delete([entry.id, sha256]);
    return visits.put(entry);
  });

// The service has all of it: its files go, a word that it was sent stays.
export const keepSent = (entry) =>
  within(["visits", "files"], "readwrite", (visits, files) => {
    for (const photo of entry.photos) files.delete([entry.id, photo.sha256]);
    return visits.put(entry);
  });

export const drop = (entry) =>
  within(["visits", "files"], "readwrite", (visits, files) => {
    for (const photo of entry.photos) files.delete([entry.id, photo.sha256]);
    return visits.delete(entry.id);
  });
