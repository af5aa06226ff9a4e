// Two small buttons below an answer: whether it helped. A thumb down brings the question before a person.

import { store } from "./store.js";
import { element } from "./view.js";

const JUDGED = new Set(["answered", "unresolved", "lookup", "guided"]); // a question back is no answer yet
const PATHS = {
  up: "M8 21H5V10h3zm0-10 4-8c1.500 0 2.500 1 2.500 2.500L14 9h5.500c1 0 1.700.9 1.500 1.900l-1.600 8A2 2 0 0 1 17.400 20.500H8",
  down: "M16 3h3v11h-3zm0 10-4 8c-1.500 0-2.500-1-2.500-2.500L10 15H4.500c-1 0-1.700-.9-1.500-1.900l1.600-8A2 2 0 0 1 6.600 3.500H16",
};

function icon(name) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  made.append(path);
  return made;
}

async function send(id, value) {
  const response = await fetch("/api/chat/feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation: store.conversation, message_id: id, value }),
    credentials: "omit",
    cache: "no-store",
  }).catch(() => null);
  return response?.status === 200;
}

// The buttons for the answer to a message; none where there is nothing to judge.
export function thumbs(id, status) {
  if (!JUDGED.has(status)) return [];
  const said = element("span", { class: "thumb-said", role: "status" });
  const buttons = ["up", "down"].map((value) => {
    const name = value === "up" ? "Câu trả lời có ích" : "Câu trả lời chưa đúng ý";
    const button = element("button", { type: "button", "aria-label": name, "aria-pressed": "false", title: name }, icon(value));
    button.addEventListener("click", async () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      said.textContent = "";
      if (await send(id, value)) {
        said.textContent = value === "up" ? "Cảm ơn bạn." : "Cảm ơn bạn, cán bộ sẽ xem lại câu này.";
      } else {
        button.setAttribute("aria-pressed", "false");
        said.textContent = "Chưa gửi được, bạn thử lại giúp.";
      }
    });
    return button;
  });
  return [element("div", { class: "thumbs", role: "group", "aria-label": "Đánh giá câu trả lời", "aria-live": "off" }, ...buttons, said)];
}
