// Sends a visit: what was seen first, then photograph after photograph, each in parts.  The service is asked what it has, so
// that a visit goes on where it stopped, and what is sent again changes nothing.
import { file, keepFile, keepSent } from "./visit_entries.js";

export class NoLine extends Error {}
export class Refusal extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

export async function send(entry, { words, refused, progress }) {
  const here = `/api${entry.town}/cases/${entry.number}`;
  const at = `${here}/visits/${entry.id}`;
  let has = await asked(at, { method: "PUT", body: JSON.stringify(told(entry)) }, refused, words);
  for (const photo of entry.photos) {
    if (has.photos.find((each) => each.sha256 === photo.sha256)?.arrived) continue;
    progress(has);
    const take = () => asked(`${at}/photos/${photo.sha256}`, { method: "PUT" }, refused, words);
    try {
      has = await take();
    } catch (error) {
      if (error.code !== "photo-not-sent") throw error;
      await sendFile(entry, photo, here, words, refused);
      has = await take();
    }
  }
  progress(has);
  if (has.whole) await keepSent({ ...entry, state: "sent", sent: new Date().toISOString(), has });
  return has;
}

function told({ person, stage, edition, begun, ended, answers, words, fix, photos }) {
  const named = photos.map(({ sha256, caption, taken, fix: place }) => ({ sha256, caption, taken, fix: plain(place) }));
  return { person, stage, edition, begun, ended, answers, words, fix: plain(fix), photos: named };
}

function plain(fix) {
  return fix ? { longitude: fix.longitude, latitude: fix.latitude, accuracy: fix.accuracy } : null;
}

async function sendFile(entry, photo, here, words, refused) {
  const kept = await file(entry.id, photo.sha256);
  if (!kept) throw new Refusal(words.file_gone, "file-gone");
  const uploads = `/api${entry.town}/uploads`;
  let far = kept.upload ? await asked(`${uploads}/${kept.upload}`, {}, refused, words).catch(unlessGone) : null;
  if (!far) {
    const announced = { title: photo.title, name: photo.name, size: kept.bytes.byteLength, kind: "photo", sha256: photo.sha256 };
    far = await asked(`${here}/uploads`, { method: "POST", body: JSON.stringify(announced) }, refused, words);
    await keepFile({ ...kept, upload: far.id });
  }
  while (far.arrived < far.size) {
    const part = kept.bytes.slice(far.arrived, far.arrived + Math.min(1_000_000, far.longest_part));
    const headers = { "Upload-Offset": String(far.arrived), "Content-Type": "application/offset+octet-stream" };
    const answer = await reached(`${uploads}/${far.id}`, { method: "PATCH", headers, body: part });
    const offset = answer.headers.get("Upload-Offset");
    if (answer.status === 409 && offset) far = { ...far, arrived: Number(offset) };
    else far = { ...far, ...(await read(answer, refused, words)) };
  }
}

function unlessGone(error) {
  if (error.code === "no-upload") return null;
  throw error;
}

async function asked(address, options, refused, words) {
  const headers = options.body ? { "Content-Type": "application/json" } : {};
  return read(await reached(address, { headers, ...options }), refused, words);
}

async function reached(address, options) {
  try {
    return await fetch(address, { credentials: "same-origin", ...options });
  } catch {
    throw new NoLine();
  }
}

async function read(answer, refused, words) {
  if (answer.ok) return answer.json();
  if (answer.status >= 500) throw new NoLine();
  let problem = {};
  try {
    problem = await answer.json();
  } catch {
    // the answer of something between here and the service
  }
  if (answer.status === 401) throw new Refusal(words.sign_in, "sign-in-needed");
  throw new Refusal(refused[problem.code] ?? problem.detail ?? words.not_taken, problem.code ?? "error");
}
