// A button beside a field that copies it.
import { showToast } from "./toast.js";

export function enhanceCopies() {
  for (const place of document.querySelectorAll("[data-copy]")) {
    const input = place.querySelector("input, textarea");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--plain";
    button.textContent = place.dataset.copyLabel;
    button.addEventListener("click", async () => {
      input.select();
      try {
        await navigator.clipboard.writeText(input.value);
      } catch {
        // Without a secure context there is no clipboard; the old way still copies the selection.
        document.execCommand("copy");
      }
      showToast(place.dataset.copied);
    });
    place.append(button);
    input.addEventListener("focus", () => input.select());
  }
}
