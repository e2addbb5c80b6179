// Share an address: the phone's own sheet where there is one, else the clipboard.

export async function shareAddress(address, { copied, failed }) {
  const url = new URL(address, location.href).href;
  if (navigator.share) {
    try {
      await navigator.share({ title: document.title, url });
      return "";
    } catch (error) {
      if (error.name === "AbortError") return "";
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return copied;
  } catch {
    return failed;
  }
}

export function attachShare(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = button.closest("article, main").querySelector(".said");
    said.textContent = await shareAddress(button.dataset.share, button.dataset);
  });
}
