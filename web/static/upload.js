// Sends a document in parts and goes on after a broken line.  Without this module the form sends it whole.
const words = JSON.parse(document.getElementById("upload-words").textContent);
const PAUSES = [1, 2, 5, 10, 20, 30, 60];
const PART = 1_000_000;

for (const form of document.querySelectorAll("form[data-parts]")) {
  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (!file) return;
    event.preventDefault();
    send(form, file).catch((error) => say(form, error.message));
  });
}

async function send(form, file) {
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const kept = `upload:${location.pathname}:${form.elements.document?.value ?? ""}:${file.name}:${file.size}:${file.lastModified}`;
    let progress = (await begun(localStorage.getItem(kept))) ?? (await announced(form, file));
    localStorage.setItem(kept, progress.id);
    while (progress.arrived < progress.size) {
      say(form, words.percent.replace("{percent}", Math.floor((100 * progress.arrived) / progress.size)));
      const part = file.slice(progress.arrived, progress.arrived + Math.min(PART, progress.longest_part));
      try {
        progress = await stubborn(form, progress, part);
      } catch (error) {
        localStorage.removeItem(kept);
        throw error;
      }
    }
    localStorage.removeItem(kept);
    say(form, words.done);
    location.reload();
  } finally {
    button.disabled = false;
  }
}

// One part, again and again while the line is down; the service says where to go on.
async function stubborn(form, progress, part) {
  for (const pause of [...PAUSES, null]) {
    try {
      const answer = await fetch(address(progress.id), {
        method: "PATCH",
        headers: { "Upload-Offset": String(progress.arrived), "Content-Type": "application/offset+octet-stream" },
        body: part,
      });
      if (answer.ok) return await answer.json();
      if (answer.status === 409) return { ...progress, arrived: Number(answer.headers.get("Upload-Offset")) };
      if (answer.status < 500) throw new Refusal(await reason(answer));
    } catch (error) {
      if (error instanceof Refusal) throw error;
    }
    if (pause === null) throw new Error(words.later);
    say(form, words.waiting.replace("{seconds}", pause));
    await new Promise((wake) => setTimeout(wake, pause * 1000));
  }
  throw new Error(words.later);
}

async function begun(id) {
  if (!id) return null;
  const answer = await fetch(address(id));
  return answer.ok ? answer.json() : null;
}

async function announced(form, file) {
  say(form, words.begins);
  const value = (name) => form.elements[name]?.value;
  const told = { title: value("title"), kind: value("kind"), name: file.name, size: file.size, sha256: await checksum(file) };
  if (value("record")) told.record = value("record");
  if (value("document")) told.document = Number(value("document"));
  const answer = await fetch(form.dataset.parts, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(told),
  });
  if (!answer.ok) throw new Refusal(await reason(answer));
  return answer.json();
}

async function checksum(file) {
  if (!globalThis.crypto?.subtle) return null; // browsers withhold it outside HTTPS
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function reason(answer) {
  try {
    const { code, detail } = await answer.json();
    return words.refused[code] ?? detail;
  } catch {
    return words.later;
  }
}

function address(id) {
  const town = location.pathname.split("/").slice(0, 3).join("/");
  return `/api${town}/uploads/${id}`;
}

function say(form, text) {
  form.querySelector("[data-said]").textContent = text;
}

class Refusal extends Error {}
