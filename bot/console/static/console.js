// What the pages cannot do without a script: everything works without it, these are shortcuts.
"use strict";

for (const all of document.querySelectorAll("input[data-all]")) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]`)];
  all.hidden = boxes.length === 0;
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
}

for (const choice of document.querySelectorAll("select[data-canned]")) {
  choice.addEventListener("change", () => {
    const text = choice.form.querySelector("textarea[name=text]");
    if (!choice.value || !text) return;
    text.value = text.value.trim() ? `${text.value.trim()}\n${choice.value}` : choice.value;
    choice.selectedIndex = 0;
    text.focus();
  });
}

// A form is sent once.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || event.target.target) return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What is under way: asked again each second, until it is over; then the page is loaded anew.
for (const box of document.querySelectorAll("[data-poll]")) {
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.poll, { headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) return;
      const found = await answer.json();
      for (const part of box.querySelectorAll("[data-part]")) {
        const value = found[part.dataset.part];
        if (value === undefined) continue;
        if (part.tagName === "PROGRESS") part.value = value;
        else if (part.textContent !== String(value)) {
          const end = part.scrollTop + part.clientHeight >= part.scrollHeight - 4;
          part.textContent = value;
          if (end) part.scrollTop = part.scrollHeight;
        }
      }
      if (found.over) { location.reload(); return; }
    } catch { /* the server is being started again */ }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 700);
}
