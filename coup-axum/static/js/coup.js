// What every page gets when modules run: nothing here is needed to use a page.
import { enhanceDialogs } from "./dialog.js";
import { enhanceCopies } from "./copy.js";
import { enhanceToasts } from "./toast.js";

enhanceDialogs();
enhanceCopies();
enhanceToasts();

// Who signs out on a shared computer leaves nothing behind: no draft, and nothing that waits to be sent.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-leaves]")) return;
  for (const storage of ["localStorage", "sessionStorage"]) {
    try {
      const kept = window[storage];
      for (const key of Object.keys(kept)) if (/^coup-(outbox|draft):/.test(key)) kept.removeItem(key);
    } catch {
      // Without storage there is nothing in it.
    }
  }
});

// An open menu closes on Escape, on a click elsewhere, and when another one opens.
const openMenus = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
