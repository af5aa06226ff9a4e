// The chat page.

import { attachments } from "./attach.js";
import { Desk } from "./desk.js";
import { Events } from "./events.js";
import { newId, store } from "./store.js";
import { Talk } from "./talk.js";
import { thumbs } from "./thumbs.js";
import { botMessage, bringIntoView, citizenMessage, element, news } from "./view.js";

const $ = (id) => document.getElementById(id);
const [log, form, text, typing, typingText, trouble, troubleText, count] = [
  "log", "form", "text", "typing", "typing-text", "trouble", "trouble-text", "count",
].map($);
const MAX = Number(document.body.dataset.max);
const NOTICE_AFTER = Number(document.body.dataset.noticeAfter) * 1000;
const WORKING = "Trợ lý đang trả lời…";
const HANDING = "Đang gửi đến cán bộ…";
const COMING = "Câu trả lời đang được chuẩn bị, bạn chờ thêm một chút nhé. Bạn không cần gửi lại.";
const shown = new Map(); // message id → the citizen's message on the page
const answered = new Set(); // message ids whose answer is on the page
const titles = new Map(); // payload → what its button said
for (const { dataset, textContent } of $("starts").querySelectorAll("[data-payload]")) {
  titles.set(dataset.payload, textContent);
}
let noticeTimer;
let noticed = null;

const desk = new Desk(press);
const talk = new Talk({
  answered(item, answer) {
    if (!answered.has(item.message_id)) {
      const nodes = spoken(item.message_id, answer.replies);
      nodes.at(-1)?.append(...thumbs(item.message_id, answer.understanding?.status));
      log.append(...nodes);
    }
    bringIntoView(log, shown.get(item.message_id));
    events.refresh();
  },
  refused(item, why) {
    const message = shown.get(item.message_id);
    message?.classList.add("failed");
    message?.append(element("p", { class: "why" }, why));
    bringIntoView(log);
    if (item.text && !text.value) write(item.text);
  },
  trouble(what) {
    trouble.hidden = !what;
    if (troubleText.textContent !== (what ?? "")) troubleText.textContent = what ?? "";
    showTyping(talk.queue[0]);
  },
  busy: showTyping,
  lost() {
    log.append(news("Cuộc trò chuyện trước không còn nữa. Tôi bắt đầu một cuộc trò chuyện mới với tin nhắn này."));
  },
});

// A message's replies, as nodes.
function spoken(id, replies) {
  answered.add(id);
  return (replies ?? []).map((reply) => {
    desk.seen(reply);
    for (const { payload, title } of reply.buttons ?? []) titles.set(payload, title);
    return botMessage(reply, press);
  });
}

function showTyping(item) {
  const wanted = Boolean(item) && trouble.hidden;
  if (item?.message_id !== noticed?.item) {
    clearTimeout(noticeTimer);
    noticed = item ? { item: item.message_id } : null;
    typingText.textContent = desk.taken ? HANDING : WORKING;
    if (item && !desk.taken) noticeTimer = setTimeout(() => (typingText.textContent = COMING), NOTICE_AFTER);
  }
  if (typing.hidden !== !wanted) {
    typing.hidden = !wanted;
    if (wanted) bringIntoView(log, shown.get(item.message_id));
  }
}

function say(item) {
  if (!shown.has(item.message_id)) {
    const message = citizenMessage(item.title ?? item.text);
    shown.set(item.message_id, message);
    log.append(message);
  }
  $("new").hidden = false;
  bringIntoView(log);
  talk.add(item);
}

function press(button) {
  say({ message_id: newId(), payload: button.payload, title: button.title });
}

function write(value) {
  text.value = value;
  grow();
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
  const length = Array.from(text.value.normalize("NFC")).length;
  const near = length > MAX * 0.8;
  const over = length > MAX;
  count.textContent = near ? `${length.toLocaleString("vi")}/${MAX.toLocaleString("vi")} ký tự` : "";
  count.classList.toggle("over", over);
  text.toggleAttribute("aria-invalid", over);
  if (over) text.setAttribute("aria-invalid", "true");
  const warning = over ? `Dài quá ${MAX} ký tự, bạn rút ngắn lại giúp.` : "";
  if ($("count-said").textContent !== warning) $("count-said").textContent = warning;
  return !over;
}

function send() {
  const value = text.value.trim();
  if (!value) return text.focus();
  if (!grow()) return text.focus();
  write("");
  say({ message_id: newId(), text: value });
  text.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
text.addEventListener("input", grow);
text.addEventListener("keydown", (event) => {
  // While an input method composes (Telex!), Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    send();
  }
});
$("again").addEventListener("click", () => talk.retryNow());
$("starts").addEventListener("click", (event) => {
  const { text: asked, payload } = event.target.closest("button")?.dataset ?? {};
  if (asked) say({ message_id: newId(), text: asked });
  else if (payload) press({ payload, title: event.target.textContent });
});

// A picture needs a conversation to belong to: where there is none yet, the report is begun first.
async function ready() {
  if (!store.conversation && !talk.queue.length) press({ payload: "menu:report", title: "Gửi phản ánh" });
  while (!store.conversation || talk.queue.length) {
    if (!store.conversation && !talk.queue.length) throw new Error("Chưa bắt đầu được phản ánh. Bạn thử lại giúp.");
    await new Promise((done) => setTimeout(done, 100));
  }
}
attachments({ file: $("file"), photo: $("photo"), where: $("where"), said: $("attach-said") }, press, ready);

$("new").addEventListener("click", () => {
  $("confirm").returnValue = "";
  $("confirm").showModal();
});
$("confirm").addEventListener("close", () => {
  if ($("confirm").returnValue !== "new") return;
  talk.clear();
  store.conversation = null;
  events.refresh();
  shown.clear();
  desk.set(null);
  log.replaceChildren(log.firstElementChild);
  $("new").hidden = true;
  text.focus();
});

// "My reports": the button, and the address #phan-anh-cua-toi from the ticket page or a message.
const mine = () => press({ payload: "menu:status", title: "Phản ánh của tôi" });
$("mine").addEventListener("click", mine);
function linked() {
  if (location.hash !== "#phan-anh-cua-toi") return;
  history.replaceState(null, "", location.pathname);
  mine();
}
addEventListener("hashchange", linked);

// When the writing box or a notice takes room, the end of the conversation stays in sight.
let atEnd = true;
log.addEventListener("scroll", () => (atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 48));
new ResizeObserver(() => atEnd && bringIntoView(log)).observe(log);

const narrow = matchMedia("(max-width: 899px)");
const fold = () => ($("about").open = !narrow.matches);
narrow.addEventListener("change", fold);

// One message of the history, or one that came later, as nodes; none where it is on the page already.
function told(one) {
  if (answered.has(one.message_id)) return [];
  const said = one.pending ? [] : spoken(one.message_id, one.replies);
  if (one.kind !== "notice" && !shown.has(one.message_id)) {
    const words = one.kind === "payload" ? (titles.get(one.body) ?? one.text) : one.text;
    said.unshift(citizenMessage(words));
  }
  // A notice was told unasked: nobody wrote before it.
  if (said.length && !shown.has(one.message_id)) shown.set(one.message_id, said[0]);
  return said;
}

async function remembered() {
  const waiting = store.waiting;
  const messages = store.conversation ? await talk.history() : [];
  if (messages === null) store.conversation = null;
  const done = new Set();
  const nodes = [];
  for (const one of messages ?? []) {
    if (!one.pending) done.add(one.message_id);
    else if (!waiting.some((item) => item.message_id === one.message_id)) {
      const body = one.kind === "payload" ? { payload: one.body, title: one.text } : { text: one.body };
      waiting.push({ message_id: one.message_id, ...body });
    }
    if (!shown.has(one.message_id)) nodes.push(...told(one));
    events.since(Date.parse(one.at));
  }
  desk.set(messages && talk.desk);
  if (nodes.length) {
    log.setAttribute("aria-live", "off"); // what was said before is not read out again
    log.firstElementChild.after(...nodes);
    setTimeout(() => log.setAttribute("aria-live", "polite"), 200);
    $("new").hidden = false;
    bringIntoView(log);
  }
  for (const item of waiting) {
    if (!done.has(item.message_id) && !talk.queue.some((other) => other.message_id === item.message_id)) say(item);
  }
  events.refresh();
}

// What comes later is told at once. An answer to what this page is asking comes to it by its own request, too.
function came(one) {
  if (talk.queue.some((item) => item.message_id === one.message_id)) return talk.retryNow();
  const nodes = told(one);
  if (!nodes.length) return;
  const atBottom = atEnd;
  log.append(...nodes);
  if (atBottom) bringIntoView(log, nodes[0]);
}
const events = new Events((kind, one) => (kind === "typing" ? desk.types() : came(one)));

// Where no stream can be had (a proxy that holds it up, too many of them), the page looks now and then.
async function lookForNotices() {
  if (document.hidden || !store.conversation || talk.queue.length) return;
  for (const one of (await talk.history()) ?? []) if (one.kind === "notice") came(one);
  desk.set(talk.desk);
}
document.addEventListener("visibilitychange", lookForNotices);
setInterval(lookForNotices, 120000);

fold();
form.hidden = false;
$("without").hidden = true;
$("starts").hidden = false;
grow();
remembered().then(linked);
