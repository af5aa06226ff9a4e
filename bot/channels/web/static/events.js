// What comes later: notices, and answers given elsewhere or after this page stopped waiting. Read by fetch and not by
// EventSource, because that one can only name the conversation in the address, where every proxy writes it down.

import { store } from "./store.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60000;
const SILENCE = 50000; // the server says something every 20 s

// `heard(kind, message)` for each event. A message may come twice. Runs only while the page is looked at: a browser
// opens few connections to one site, and hidden pages would use them up.
export class Events {
  constructor(heard) {
    this.heard = heard;
    this.seen = null;
    this.token = null;
    this.request = null;
    this.wake = () => {};
    document.addEventListener("visibilitychange", () => this.refresh());
    addEventListener("online", () => this.wake());
    addEventListener("pagehide", () => this.stop());
    addEventListener("pageshow", (event) => event.persisted && this.refresh());
  }

  // What was said until then (milliseconds) is on the page already.
  since(time) {
    if (!this.token) this.seen = String(Math.max(Number(this.seen ?? 0), time));
  }

  // Start where there is something to listen for, end where there is not.
  refresh() {
    if (document.hidden || !store.conversation) return this.stop();
    if (this.request && this.token === store.conversation) return this.wake();
    this.stop();
    if (this.token && this.token !== store.conversation) this.seen = null;
    this.token = store.conversation;
    this.#run((this.request = new AbortController()));
  }

  stop() {
    this.request?.abort();
    this.request = null;
    this.wake();
  }

  async #run(request) {
    for (let pause = FIRST_PAUSE; !request.signal.aborted; ) {
      const { told, wait, gone } = await this.#read(request.signal);
      if (gone) return;
      if (told) pause = FIRST_PAUSE;
      if (request.signal.aborted) return;
      await this.#pause(wait ?? pause * (0.7 + Math.random() * 0.6));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  // One connection, until it ends.
  async #read(stopped) {
    const silence = new AbortController();
    const end = () => silence.abort();
    stopped.addEventListener("abort", end);
    let timer = setTimeout(end, SILENCE);
    let told = false;
    try {
      const headers = { Authorization: `Bearer ${this.token}`, Accept: "text/event-stream" };
      if (this.seen) headers["Last-Event-ID"] = this.seen;
      const response = await fetch("/api/chat/events", {
        headers, signal: silence.signal, credentials: "omit", cache: "no-store",
      });
      if (response.status === 401) return { gone: true };
      const seconds = Number(response.headers.get("Retry-After"));
      if (response.status !== 200) return { wait: seconds > 0 ? seconds * 1000 : undefined };
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (let text = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(timer);
        timer = setTimeout(end, SILENCE);
        told = true;
        text += decoder.decode(value, { stream: true });
        const blocks = text.split("\n\n");
        text = blocks.pop();
        for (const block of blocks) if (!stopped.aborted) this.#take(block);
      }
    } catch {
      // lost, or stopped
    } finally {
      clearTimeout(timer);
      stopped.removeEventListener("abort", end);
      silence.abort();
    }
    return { told };
  }

  #take(block) {
    const fields = {};
    for (const line of block.split("\n")) {
      const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
      if (name) fields[name] = value;
    }
    if (!fields.data) return;
    try {
      this.heard(fields.event, JSON.parse(fields.data));
    } finally {
      this.seen = fields.id ?? this.seen;
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
