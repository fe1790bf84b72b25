// Toasts: a word about what just happened, which can be closed, and which a module can show too.

const region = document.querySelector("[data-toasts]");
const template = document.querySelector("[data-toast-template]");
const SECONDS = 7;

function closable(toast) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast__close";
  button.setAttribute("aria-label", document.body.dataset.close);
  button.textContent = "✕";
  button.addEventListener("click", () => toast.remove());
  toast.append(button);
  toast.addEventListener("animationend", (event) => {
    if (event.animationName === "vanish") toast.remove();
  });
}

export function enhanceToasts() {
  for (const toast of region?.querySelectorAll(".toast") ?? []) closable(toast);
}

export function showToast(text) {
  if (!region || !template) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector(".toast__text").textContent = text;
  closable(toast);
  region.append(toast);
  setTimeout(() => toast.remove(), (SECONDS + 1) * 1000);
}
