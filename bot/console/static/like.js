// What speaks against a sentence is told while it is typed. Everything works without it: sending the form tells the worst.

const MOST = 20; // lines that the server looks at in one go
const WAIT = 350;
const SERIOUS = ["contradiction", "refused"];

for (const field of document.querySelectorAll("textarea[data-like]")) {
  const list = document.getElementById("like");
  const known = new Map(); // what was told of each line, so that only new ones are asked about
  let waiting, asked;

  const lines = () => [...new Set(field.value.split("\n").map((line) => line.trim()).filter(Boolean))];

  const row = (found) => {
    const item = document.createElement("li");
    if (SERIOUS.includes(found.finding)) item.className = "serious";
    item.append(`“${found.text}”: ${found.told}. `);
    if (found.address) {
      const link = document.createElement("a");
      link.href = found.address;
      link.target = "_blank";
      link.textContent = "Xem câu ấy";
      item.append(link);
    }
    return item;
  };

  const show = () => {
    const rows = lines().flatMap((line) => known.get(line) ?? []).map(row);
    const said = rows.map((item) => item.textContent).join("\n");
    if (list.dataset.said === said) return; // nothing new is not read out again
    list.dataset.said = said;
    list.replaceChildren(...rows);
  };

  const ask = async () => {
    const unknown = lines().filter((line) => !known.has(line)).slice(-MOST);
    asked?.abort();
    if (!unknown.length) return show();
    asked = new AbortController();
    const body = new URLSearchParams([...new FormData(field.form)].filter(([name]) => name !== field.name));
    body.set(field.name, unknown.join("\n"));
    const answer = await fetch(field.dataset.like, { method: "POST", body, signal: asked.signal, headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const found = await answer.json().catch(() => null);
    if (!found) return;
    for (const line of unknown) known.set(line, []);
    for (const item of found) known.get(unknown[item.line])?.push(item);
    show();
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
    show();
  };
  field.addEventListener("input", later);
  if (field.value.trim()) later();
}
