// Live chats kept current: the changing part is asked for with its ETag, so that nothing new costs nothing. Everything
// works without it, by loading the page again.

const REST = 20 * 60 * 1000; // without a touch, a page stops asking, so that a forgotten one does not stay logged in
let touched = Date.now();
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => (touched = Date.now()), true);

const note = document.querySelector("[data-live-said]");
const changed = document.querySelector("[data-live-changed]");
const say = document.querySelector("form[data-say]");
const text = say?.elements.text;

function tell(what) {
  if (note && note.textContent !== what) note.textContent = what;
}

class Part {
  constructor(box) {
    this.box = box;
    this.every = Number(box.dataset.every) * 1000;
    this.etag = "";
    this.key = box.querySelector("[data-key]")?.dataset.key;
    box.scrollTop = box.scrollHeight;
    this.loop();
  }

  async loop() {
    if (!document.hidden && Date.now() - touched < REST) await this.ask();
    else if (!document.hidden) tell("Tạm dừng tự cập nhật vì lâu không có thao tác. Bấm vào trang để tiếp tục.");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.loop(), this.every);
  }

  async ask() {
    const headers = { Accept: "text/html", ...(this.etag && { "If-None-Match": this.etag }) };
    const answer = await fetch(this.box.dataset.live, { headers, cache: "no-store" }).catch(() => null);
    if (!answer || (answer.status !== 200 && answer.status !== 304)) return tell("Mất kết nối, đang thử lại.");
    if (answer.redirected) return tell("Phiên đăng nhập đã hết. Hãy tải lại trang.");
    tell("Tự cập nhật.");
    if (answer.status === 304) return;
    const html = await answer.text();
    this.etag = answer.headers.get("ETag") ?? "";
    this.show(html);
  }

  show(html) {
    const made = new DOMParser().parseFromString(html, "text/html");
    const end = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 60;
    const inside = this.box.contains(document.activeElement) && document.activeElement !== this.box;
    const at = inside ? document.activeElement.getAttribute("href") : null;
    this.box.replaceChildren(...made.body.childNodes);
    if (at) this.box.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus();
    if (end) this.box.scrollTop = this.box.scrollHeight;
    const key = this.box.querySelector("[data-key]")?.dataset.key;
    if (key !== this.key) {
      if (!text?.value.trim()) location.reload();
      else if (changed) changed.hidden = false;
    }
  }
}
const parts = [...document.querySelectorAll("[data-live]")].map((box) => new Part(box));

if (say) {
  const error = say.querySelector("[data-say-error]");
  let typed = 0;
  text.addEventListener("input", () => {
    if (Date.now() - typed < 3000 || !text.value.trim()) return;
    typed = Date.now();
    fetch(say.dataset.typing, { method: "POST", body: new URLSearchParams(fields()) }).catch(() => {});
  });
  const fields = () => [...new FormData(say)].filter(([name]) => name !== "text");
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    say.requestSubmit();
  });
  say.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (say.dataset.busy || !text.value.trim()) return;
    say.dataset.busy = "1";
    const sent = text.value;
    const body = new URLSearchParams(new FormData(say));
    const answer = await fetch(say.action, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    delete say.dataset.busy;
    const found = await answer?.json().catch(() => null);
    error.hidden = Boolean(found?.done);
    if (found?.done) {
      if (text.value === sent) text.value = "";
      await parts[0]?.ask();
    } else error.textContent = found?.error ?? "Chưa gửi được. Tin vẫn còn ở đây, hãy thử lại.";
    text.focus();
  });
}
