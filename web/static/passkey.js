// Passkeys: asks the device, and tells in words when it would not.
async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  if (!answer.ok) throw new Error((await answer.json()).detail);
  return answer;
}

async function confirmed(form) { // one step of a case, as it stands on this page
  const asked = await post(form.dataset.passkeyStep, { version: Number(form.elements.version.value) });
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(await asked.json());
  const key = await navigator.credentials.get({ publicKey: options });
  form.elements.passkey.value = JSON.stringify(key.toJSON());
  form.submit();
}

async function make(button) {
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(
    await (await post(`${button.dataset.passkeyMake}/options`)).json(),
  );
  const key = await navigator.credentials.create({ publicKey: options });
  await post(button.dataset.passkeyMake, key.toJSON());
  location.reload();
}

async function sign(button) {
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(
    await (await post(`${button.dataset.passkeySign}/options`)).json(),
  );
  const key = await navigator.credentials.get({ publicKey: options });
  const answer = await post(`${button.dataset.passkeySign}?next=${encodeURIComponent(button.dataset.next ?? "")}`, key.toJSON());
  location.assign(answer.url);
}

for (const [name, does] of [["passkeyMake", make], ["passkeySign", sign]]) {
  for (const button of document.querySelectorAll(`[data-${name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}]`)) {
    if (!globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const said = button.parentElement.querySelector(".said");
      try {
        await does(button);
      } catch (error) {
        said.textContent = `${button.dataset.failed} ${error.message}`;
      }
    });
  }
}

for (const form of document.querySelectorAll("form[data-passkey-step]")) {
  form.addEventListener("submit", async (event) => {
    if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) return; // the answer says what is missing
    event.preventDefault();
    try {
      await confirmed(form);
    } catch (error) {
      form.querySelector(".said").textContent = `${form.dataset.failed} ${error.message}`;
    }
  });
}
