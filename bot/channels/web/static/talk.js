// Talking to the server: one message after the other, each with an id of its own, repeated until it is answered.
// The server answers a repeated id with the same answer, so repeating is always safe.

import { store } from "./store.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 20000;
const GIVE_UP_WAITING = 45000;
const FINAL = new Set([400, 404, 405, 413, 422]);

export class Talk {
  // events: answered(item, answer), refused(item, text), trouble(text | null), busy(item | null), lost()
  constructor(events) {
    this.events = events;
    this.queue = [];
    this.running = false;
    this.generation = 0;
    this.wakers = new Set();
    this.requests = new Set();
    addEventListener("online", () => this.retryNow());
  }

  add(item) {
    this.queue.push(item);
    this.#remember();
    this.#run();
  }

  // Forget everything that is under way: a new conversation begins.
  clear() {
    this.generation += 1;
    this.queue = [];
    this.#remember();
    for (const request of this.requests) request.abort();
    this.retryNow();
    this.events.trouble(null);
    this.events.busy(null);
  }

  retryNow() {
    for (const wake of this.wakers) wake();
  }

  async history() {
    const generation = this.generation;
    for (let pause = FIRST_PAUSE; generation === this.generation; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const answer = await this.#fetch("/api/chat/history", {
        headers: { Authorization: `Bearer ${store.conversation}` },
      });
      if (generation !== this.generation) return null;
      if (answer?.status === 200) {
        this.events.trouble(null);
        this.desk = answer.body.desk ?? null; // who talks to the citizen now
        return answer.body.messages;
      }
      if (answer?.status === 401) {
        this.events.trouble(null);
        return null;
      }
      this.events.trouble("Chưa tải lại được cuộc trò chuyện. Tôi đang thử lại.");
      await this.#pause(answer?.retryAfter ?? pause);
    }
    return null;
  }

  async #run() {
    if (this.running) return;
    this.running = true;
    try {
      while (this.queue.length) {
        const generation = this.generation;
        const item = this.queue[0];
        this.events.busy(item);
        const done = await this.#ask(item, generation);
        if (generation !== this.generation) continue;
        this.queue.shift();
        this.#remember();
        this.events.trouble(null);
        this.events.busy(null);
        done();
      }
    } finally {
      this.running = false;
    }
  }

  // Returns what to do once the item has left the queue.
  async #ask(item, generation) {
    for (let pause = FIRST_PAUSE; generation === this.generation; ) {
      const answer = await this.#fetch("/api/chat", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          conversation: store.conversation,
          message_id: item.message_id,
          ...(item.payload ? { payload: item.payload } : { text: item.text }),
        }),
      });
      if (generation !== this.generation) break;
      const status = answer?.status;
      if (status === 200) {
        store.conversation = answer.body.conversation;
        return () => this.events.answered(item, answer.body);
      }
      const said = answer?.body?.error;
      if (status === 401 && store.conversation) {
        store.conversation = null;
        this.events.lost();
        continue;
      }
      if (FINAL.has(status) || status === 401) {
        return () => this.events.refused(item, said?.message ?? "Tin nhắn này không gửi được.");
      }
      if (said?.code === "not_answered_yet") {
        this.events.trouble(null);
        await this.#pause(answer.retryAfter ?? pause);
        continue;
      }
      if (status === 429) {
        this.events.trouble(said?.message ?? "Bạn gửi nhanh quá. Tin nhắn sẽ tự gửi lại.");
      } else if (navigator.onLine === false) {
        this.events.trouble("Thiết bị đang mất mạng. Có mạng lại, tin nhắn sẽ tự gửi.");
      } else {
        this.events.trouble("Chưa kết nối được. Tin nhắn của bạn vẫn còn đây và đang được gửi lại.");
      }
      await this.#pause(answer?.retryAfter ?? pause * (0.8 + Math.random() * 0.4));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    return () => {};
  }

  async #fetch(path, options) {
    const request = new AbortController();
    this.requests.add(request);
    const timer = setTimeout(() => request.abort(), GIVE_UP_WAITING);
    try {
      const response = await fetch(path, {
        ...options, signal: request.signal, credentials: "omit", cache: "no-store",
      });
      const seconds = Number(response.headers.get("Retry-After"));
      return {
        status: response.status,
        retryAfter: seconds > 0 ? seconds * 1000 : undefined,
        body: await response.json().catch(() => null),
      };
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      this.requests.delete(request);
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.wakers.add(wake);
    });
  }

  #remember() {
    store.waiting = this.queue;
  }
}
