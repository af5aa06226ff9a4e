// Procedures are found while one types into a field that wants one. Everything works without it.

const found = document.getElementById("found");
let waiting;
for (const field of document.querySelectorAll("[data-find]")) {
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const answer = await fetch(`${field.dataset.find}?q=${encodeURIComponent(field.value)}`, { credentials: "same-origin" }).catch(() => null);
      if (!answer?.ok) return;
      const options = (await answer.json()).map(({ code, name }) => {
        const option = document.createElement("option");
        option.value = `${code} ${name}`;
        return option;
      });
      found.replaceChildren(...options);
    }, 200);
  });
}
