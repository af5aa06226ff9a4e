// Staff who may take live chats are told, on whatever page they are, that a citizen waits: once a time that it comes
// into the queue, gone when somebody takes it. Without a script the menu counts who waits when a page is loaded.
"use strict";

const bell = document.getElementById("bell");
if (bell) {
  const EVERY = 20 * 1000;
  const REST = 20 * 60 * 1000; // without a touch, a page stops asking, so that a forgotten one does not stay logged in
  const KEPT = 200;
  const MOST = 3; // told at once; the others when one of them is gone, and they are counted anyway
  const told = `bell:${bell.dataset.who}`;
  const shown = new Map();
  let touched = Date.now();
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => { touched = Date.now(); }, true);

  // Kept in the browser, so that the next page, and the page beside this one, do not tell it again.
  let here = [];
  const known = () => {
    try { return JSON.parse(localStorage.getItem(told)) ?? here; } catch { return here; }
  };
  const keep = (key) => {
    here = [...new Set([...here, ...known(), key])].slice(-KEPT);
    try { localStorage.setItem(told, JSON.stringify(here)); } catch { /* full or forbidden: the next page tells it again */ }
  };

  const tell = (key, text, address) => {
    const box = document.createElement("p");
    const link = document.createElement("a");
    const shut = document.createElement("button");
    link.href = address;
    link.textContent = text;
    shut.type = "button";
    shut.textContent = "Đóng";
    shut.addEventListener("click", () => { box.remove(); shown.delete(key); });
    box.append(link, shut);
    bell.append(box);
    shown.set(key, box);
  };

  const count = (name, number, most, what) => {
    for (const place of document.querySelectorAll(`[data-bell="${name}"]`)) {
      place.replaceChildren();
      if (!number) continue;
      const figure = document.createElement("span");
      figure.className = "count";
      figure.textContent = number >= most ? `${number}+` : number;
      place.append(" ", figure);
      if (!what) continue;
      const unseen = document.createElement("span");
      unseen.className = "unseen";
      unseen.textContent = ` ${what}`;
      place.append(unseen);
    }
  };

  const ask = async () => {
    const answer = await fetch(bell.dataset.address, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const found = await answer.json().catch(() => null);
    if (!found) return;
    const most = Number(bell.dataset.most);
    count("unread", found.unread, most, "chưa xem");
    count("waiting", found.waiting.length, Infinity, "người đang chờ");
    count("all", found.unread + found.waiting.length, found.unread >= most ? 0 : Infinity, "");
    const now = new Set(found.waiting.map((item) => item.key));
    for (const [key, box] of shown) if (!now.has(key)) { box.remove(); shown.delete(key); }
    const before = new Set([...here, ...known()]);
    for (const item of found.waiting) {
      if (before.has(item.key)) continue;
      if (location.pathname !== item.address) {
        if (shown.size >= MOST) break;
        tell(item.key, item.text, item.address);
      }
      keep(item.key);
    }
  };

  const loop = async () => {
    if (!document.hidden && Date.now() - touched < REST) await ask();
    setTimeout(loop, EVERY);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  setTimeout(loop, 500);
}
