// What this browser remembers: the conversation's key, and messages whose answer has not come yet.

const CONVERSATION = "motcua.conversation";
const WAITING = "motcua.waiting";
const memory = new Map(); // where storage is switched off

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return memory.get(name) ?? null;
  }
}

function write(name, value) {
  memory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // remembered until the page is closed
  }
}

export const store = {
  get conversation() {
    return read(CONVERSATION);
  },
  set conversation(token) {
    write(CONVERSATION, token);
  },
  get waiting() {
    try {
      const list = JSON.parse(read(WAITING) ?? "[]");
      return Array.isArray(list) ? list.filter((item) => typeof item?.message_id === "string") : [];
    } catch {
      return [];
    }
  },
  set waiting(list) {
    write(WAITING, list.length ? JSON.stringify(list) : null);
  },
};

export function newId() {
  // randomUUID exists only on https and localhost.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
