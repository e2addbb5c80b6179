// The device's position: asked only when a person presses the button, sent only as part of the address they open.

export function position() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) reject(new Error("no geolocation"));
    else navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve([coords.longitude, coords.latitude]), reject,
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  });
}

export function attachLocate(button) {
  const row = button.closest("[data-locate-row]");
  const said = row.querySelector(".said");
  row.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = button.dataset.locating;
    try {
      const place = document.getElementById("place")?.value ?? button.form.elements.place.value;
      const address = new URL(button.dataset.locate.replace("{place}", place), location.href);
      address.searchParams.set("at", (await position()).map((degrees) => degrees.toFixed(6)).join(","));
      location.assign(address.href);
    } catch {
      said.textContent = button.dataset.notLocated;
    }
  });
}
