// Who follows a notification has read it. The browser goes on to what it tells of meanwhile.

document.addEventListener("click", ({ target }) => {
  const link = target instanceof Element ? target.closest("a[data-reads]") : null;
  const address = link?.closest("[data-notifications]")?.dataset.notifications;
  const id = link?.closest("[data-told]")?.dataset.told;
  if (!address || !id) return;
  fetch(`${address}/${id}/read`, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => {});
});
