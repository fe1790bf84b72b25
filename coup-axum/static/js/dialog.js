// A link to a question opens the question as a dialog over the page. If anything about that fails, the link is followed.

async function ask(link) {
  const answer = await fetch(link.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(`the question answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("[data-confirm]");
  if (!form) throw new Error("the page asks no question");
  const dialog = document.createElement("dialog");
  dialog.append(document.adoptNode(form));
  const title = dialog.querySelector("h1");
  title.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.addEventListener("click", (event) => {
    const closes = event.target === dialog || event.target.closest("[data-dialog-close]");
    if (!closes) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

export function enhanceDialogs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    ask(link).catch(() => location.assign(link.href));
  });
}
