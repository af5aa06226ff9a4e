// The menu works without a script; with one it closes again by itself and is reached by the arrow keys.
"use strict";

const menu = document.getElementById("menu");
if (menu) {
  const groups = [...menu.querySelectorAll("details")];
  const narrow = () => menu.matches(":popover-open");
  const shut = (but) => groups.forEach((group) => { if (group !== but) group.open = false; });

  // On a phone the menu is a sheet that shows every group at once.
  menu.addEventListener("toggle", (event) => {
    if (event.target === menu) groups.forEach((group) => { group.open = event.newState === "open"; });
  });
  for (const group of groups) {
    group.addEventListener("toggle", () => { if (group.open && !narrow()) shut(group); });
  }
  document.addEventListener("click", (event) => {
    if (!narrow() && !menu.contains(event.target)) shut(null);
  });

  const stops = () => [...menu.querySelectorAll("summary, a")].filter((item) => item.checkVisibility());
  menu.addEventListener("keydown", (event) => {
    const group = event.target.closest("details");
    if (event.key === "Escape" && group && !narrow()) {
      group.open = false;
      group.querySelector("summary").focus();
      return;
    }
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    if (event.key === "ArrowDown" && event.target.tagName === "SUMMARY") group.open = true;
    const all = stops();
    all[(all.indexOf(event.target) + by + all.length) % all.length].focus();
  });
}
