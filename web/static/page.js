// What every page may use: suggestions in search boxes, sharing, the phone's position.  Everything works without it.
import { attachSuggestions } from "./suggest.js";
import { attachShare } from "./share.js";
import { attachLocate } from "./locate.js";

const isMap = document.getElementById("map") !== null;
for (const input of document.querySelectorAll("input[data-suggest]")) {
  if (!isMap) attachSuggestions(input, (found) => location.assign(plotAddress(input, found)));
}
for (const button of document.querySelectorAll("[data-share]")) attachShare(button);
for (const button of document.querySelectorAll("[data-locate]")) attachLocate(button);

function plotAddress(input, found) {
  const place = document.getElementById("place")?.value ?? input.form.elements.place?.value ?? "";
  const address = new URL(input.dataset.plot.replace("{place}", place), location.href);
  if (found.number) address.searchParams.set("number", found.number);
  else address.searchParams.set("at", `${found.lon},${found.lat}`);
  return address.href;
}
