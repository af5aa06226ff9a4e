// Quick work on the queue: keys. Everything works without it.

const keys = document.getElementById("keys");
const rows = [...document.querySelectorAll("[data-rows] tbody tr")].filter((row) => row.querySelector("a"));
let at = -1;

function help() {
  if (keys.open) keys.close();
  else keys.showModal();
}
for (const button of document.querySelectorAll("[data-keys-open]")) button.addEventListener("click", help);

function choose(step) {
  if (!rows.length) return;
  at = Math.max(0, Math.min(rows.length - 1, at + step));
  rows.forEach((row, index) => row.classList.toggle("chosen", index === at));
  rows[at].querySelector("a").focus();
}

function typing(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "?") {
    event.preventDefault();
    help();
    return;
  }
  if (keys.open || event.repeat) return;
  if (rows.length && (event.key === "j" || event.key === "k")) {
    event.preventDefault();
    choose(event.key === "j" ? 1 : -1);
    return;
  }
  const wanted = /^[1-9a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("textarea")) {
    wanted.closest("details")?.setAttribute("open", "");
    wanted.focus();
  } else wanted.click();
});

for (const button of document.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.into);
    text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
    text.focus();
  });
}
