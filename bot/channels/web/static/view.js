// Drawing messages. What is shown comes from outside, so it only ever becomes text, never markup.

const LINK = /https?:\/\/[^\s<>"'“”]+/g;
const TRAILING = /[.,;:!?)\]}…]+$/;

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

// Text with its web addresses as links, and list items indented under their bullet.
export function formatted(text) {
  const parts = [];
  for (const line of text.split("\n")) {
    const bullet = /^\s*([•–-]|\d{1,2}[.)])\s+/.exec(line);
    if (bullet) {
      if (parts.at(-1) === "\n") parts.pop(); // the item is a block of its own
      parts.push(element("span", { class: "item" }, ...linked(line)));
    } else {
      parts.push(...linked(line), "\n");
    }
  }
  if (parts.at(-1) === "\n") parts.pop();
  return parts;
}

function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const address = balanced(match[0]);
    const url = safe(address);
    if (!url) continue;
    parts.push(text.slice(end, match.index));
    parts.push(element("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, short(url)));
    end = match.index + address.length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== "");
}

// The site's name is always shown in full.
function short(url) {
  const { host, pathname, search } = new URL(url);
  const rest = `${pathname}${search}`;
  return rest.length > 26 ? `${host}${rest.slice(0, 24)}…` : `${host}${rest === "/" ? "" : rest}`;
}

// Without the full stop or bracket of the sentence around it.
function balanced(address) {
  const bare = address.replace(TRAILING, "");
  return address[bare.length] === ")" && bare.includes("(") ? `${bare})` : bare;
}

function safe(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export function citizenMessage(text) {
  return element(
    "div",
    { class: "said me" },
    element("p", { class: "words" }, element("span", { class: "unseen" }, "Bạn: "), text),
  );
}

export function botMessage(reply, press) {
  const made = element(
    "div",
    { class: reply.by === "staff" ? "said bot staff" : "said bot" },
    element("p", { class: "words" }, element("span", { class: reply.by === "staff" ? "by" : "unseen" }, reply.by === "staff" ? "Cán bộ: " : "Trợ lý: "), ...formatted(reply.text ?? "")),
  );
  const buttons = (reply.buttons ?? []).filter((button) => button?.title && button?.payload);
  if (buttons.length) {
    const list = element("div", { class: "choices-list", role: "group", "aria-label": "Lựa chọn" });
    for (const button of buttons) {
      const pressed = element("button", { type: "button" }, button.title);
      pressed.addEventListener("click", () => {
        pressed.classList.add("used");
        press(button);
      });
      list.append(pressed);
    }
    made.append(list);
  }
  return made;
}

export function news(text) {
  return element("p", { class: "news" }, text);
}

// The question at the top with as much of the answer as fits, or the end, whichever is higher up.
export function bringIntoView(log, node) {
  log.scrollTop = node ? node.offsetTop - 14 : log.scrollHeight;
}
