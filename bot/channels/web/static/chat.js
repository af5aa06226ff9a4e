// The chat page. No framework, no markup from text: everything that comes from outside is set as text.

const TOKEN = "motcua.conversation";
const WAITING = "motcua.waiting"; // the message that is not answered yet: repeated under the same id
const log = document.getElementById("log");
const form = document.getElementById("form");
const field = document.getElementById("message");
const count = document.getElementById("count");
const state = document.getElementById("state");
const fresh = document.getElementById("new");
const welcome = document.getElementById("welcome");
const maxText = Number(document.body.dataset.maxText);
const noticeAfter = Number(document.body.dataset.noticeAfter) * 1000;

const memory = {
  get(name) {
    try { return localStorage.getItem(name); } catch { return null; }
  },
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch { /* private windows may refuse; the page works without */ }
  },
};

let conversation = memory.get(TOKEN);
let queue = Promise.resolve(); // one message at a time, in order
let era = 0; // raised by "new conversation": answers of the old one are dropped

const make = (name, className, text) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// Random ids need a secure context for randomUUID; a ward's intranet may be plain http.
const newId = () => crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

const toEnd = () => { log.scrollTop = log.scrollHeight; };

function withLinks(parent, text) {
  let at = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g)) {
    parent.append(text.slice(at, found.index));
    const link = make("a", "", found[0]);
    link.href = found[0];
    link.rel = "noopener noreferrer";
    link.target = "_blank";
    parent.append(link);
    at = found.index + found[0].length;
  }
  parent.append(text.slice(at));
}

function paragraphs(bubble, text) {
  let list = null;
  text.split("\n").forEach((raw, number) => {
    const line = raw.trim();
    if (!line) { list = null; return; }
    const item = line.match(/^[•\-–]\s+(.*)$/);
    if (item) {
      list ??= bubble.appendChild(make("ul"));
      withLinks(list.appendChild(make("li")), item[1]);
      return;
    }
    list = null;
    const kind = number === 0 && text.includes("\n") ? "lead" : /^Theo .*mã thủ tục/.test(line) ? "source" : "";
    withLinks(bubble.appendChild(make("p", kind)), line);
  });
}

function show(who, text, { buttons = [], image = null, className = "" } = {}) {
  const message = make("article", `message ${who} ${className}`.trim());
  message.append(make("p", "who", who === "me" ? "Bạn" : "Trợ lý ảo"));
  const bubble = message.appendChild(make("div", "bubble"));
  if (who === "me") withLinks(bubble.appendChild(make("p")), text);
  else paragraphs(bubble, text);
  if (image) {
    const picture = bubble.appendChild(make("img"));
    picture.alt = "Hình kèm câu trả lời";
    picture.src = image;
  }
  if (buttons.length) {
    const choices = message.appendChild(make("ul", "choices"));
    choices.setAttribute("aria-label", "Lựa chọn");
    for (const { title, payload } of buttons) {
      const button = make("button", "", title);
      button.type = "button";
      button.dataset.payload = payload;
      button.dataset.title = title;
      choices.appendChild(make("li")).append(button);
    }
  }
  log.append(message);
  toEnd();
  return message;
}

function showReplies(replies) {
  for (const reply of replies) show("bot", reply.text, reply);
}

function typing() {
  const message = make("div", "message typing");
  message.setAttribute("aria-hidden", "true");
  const bubble = message.appendChild(make("div", "bubble"));
  bubble.append(make("i"), make("i"), make("i"));
  log.append(message);
  toEnd();
  return message;
}

// Asks until there is an answer; the message id makes asking again harmless.
async function ask(body, mine) {
  const started = performance.now();
  let told = false;
  for (let tries = 0; mine === era; tries += 1) {
    const notice = setTimeout(() => {
      if (mine !== era || told) return;
      told = true;
      state.textContent = "Tôi đã nhận tin nhắn, câu trả lời sẽ đến ngay. Bạn không cần gửi lại.";
    }, Math.max(0, noticeAfter - (performance.now() - started)));
    let response = null;
    try {
      response = await fetch("/api/chat", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...body, conversation }),
      });
    } catch { /* no connection: tried again below */ } finally {
      clearTimeout(notice);
    }
    if (response?.ok) return response.json();
    if (response && ![429, 500, 502, 503, 504].includes(response.status)) {
      const problem = await response.json().catch(() => ({}));
      return { problem: problem.error ?? { code: "unknown", message: "Có lỗi xảy ra. Bạn thử lại sau." } };
    }
    if (!response) state.textContent = "Mất kết nối. Tôi đang thử lại, tin nhắn của bạn vẫn còn.";
    const again = Number(response?.headers.get("Retry-After")) * 1000;
    await sleep(Math.max(again || 0, Math.min(15000, 500 * 2 ** tries)));
  }
  return null;
}

function send(body, shown) {
  const mine = era;
  if (shown) show("me", shown);
  welcome.querySelector(".choices")?.remove();
  fresh.hidden = false;
  const waiting = typing();
  memory.set(WAITING, JSON.stringify({ ...body, shown }));
  queue = queue.then(async () => {
    const answer = mine === era ? await ask(body, mine) : null;
    waiting.remove();
    if (mine !== era || !answer) return;
    memory.set(WAITING, null);
    state.textContent = "";
    if (answer.problem?.code === "unknown_conversation") {
      forget();
      show("bot", "Cuộc trò chuyện cũ không còn dùng được. Bạn gửi lại câu hỏi giúp tôi.", { className: "fault" });
    } else if (answer.problem) {
      show("bot", answer.problem.message, { className: "fault" });
    } else {
      conversation = answer.conversation;
      memory.set(TOKEN, conversation);
      showReplies(answer.replies);
    }
  });
}

function forget() {
  conversation = null;
  memory.set(TOKEN, null);
  memory.set(WAITING, null);
}

async function restore() {
  const waiting = JSON.parse(memory.get(WAITING) ?? "null");
  if (conversation) {
    try {
      const response = await fetch("/api/chat/history", { headers: { Authorization: `Bearer ${conversation}` } });
      if (response.status === 401) forget();
      if (response.ok) {
        const { messages } = await response.json();
        for (const one of messages) {
          show("me", one.text);
          showReplies(one.replies);
          if (one.pending) send({ message_id: one.message_id, [one.kind]: one.body }, null);
          else if (waiting?.message_id === one.message_id) memory.set(WAITING, null);
        }
        if (messages.length) {
          welcome.querySelector(".choices")?.remove();
          fresh.hidden = false;
        }
        if (messages.some((one) => one.message_id === waiting?.message_id)) return;
      }
    } catch { state.textContent = "Chưa tải được cuộc trò chuyện trước. Bạn vẫn có thể nhắn tiếp."; }
  }
  // Written before the page was closed, and never arrived.
  if (waiting?.message_id) {
    const { shown, ...body } = waiting;
    send(body, shown ?? body.text);
  }
}

function say(text) {
  send({ message_id: newId(), text }, text);
}

function submit() {
  const text = field.value.trim();
  if (!text) return;
  if (text.normalize("NFC").length > maxText) {
    count.textContent = `Tin nhắn dài quá ${maxText} ký tự. Bạn rút ngắn giúp.`;
    return;
  }
  field.value = "";
  grow();
  say(text);
  field.focus();
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 3, 150)}px`;
  const length = field.value.normalize("NFC").length;
  count.textContent = length > maxText * 0.9 ? `${length}/${maxText} ký tự` : "";
}

form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  // Vietnamese input methods end a composition with Enter: that Enter is theirs.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
log.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.say) {
    say(button.dataset.say);
  } else {
    button.classList.add("chosen");
    send({ message_id: newId(), payload: button.dataset.payload }, button.dataset.title);
  }
  field.focus({ preventScroll: true });
});
fresh.addEventListener("click", () => {
  era += 1;
  queue = Promise.resolve();
  forget();
  log.replaceChildren(welcome);
  state.textContent = "Đã bắt đầu cuộc trò chuyện mới.";
  fresh.hidden = true;
  field.focus();
});

if (matchMedia("(max-width: 61.99rem)").matches) document.getElementById("info").open = false;
restore();
