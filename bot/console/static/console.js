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
