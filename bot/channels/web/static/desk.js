// Who answers: the bot, or an officer who has taken the conversation over; and that they are typing.

const [box, said, leave, typing, typingText] = ["desk", "desk-text", "desk-leave", "typing", "typing-text"].map((id) =>
  document.getElementById(id),
);
const SHOWN = 6000; // longer than the pause between two signs
const TYPES = "Cán bộ đang gõ…";

export class Desk {
  // pressed(button): the citizen goes back to the bot
  constructor(pressed) {
    this.taken = false;
    leave.addEventListener("click", () => pressed({ payload: "desk:leave", title: leave.textContent }));
  }

  // `state` as the server tells it: {state, who}; none: the bot answers.
  set(state) {
    this.taken = state?.state === "taken";
    box.hidden = !this.taken;
    const who = state?.who || "cán bộ";
    const told = this.taken ? `Bạn đang trò chuyện với ${who.charAt(0).toLowerCase()}${who.slice(1)}.` : "";
    if (said.textContent !== told) said.textContent = told;
    if (!this.taken) this.stopped();
  }

  // What a reply says about it.
  seen(reply) {
    if (reply.desk) this.set(reply.desk);
    if (reply.by === "staff") this.stopped();
  }

  types() {
    if (!this.taken) return;
    clearTimeout(this.timer);
    typingText.textContent = TYPES;
    typing.hidden = false;
    this.timer = setTimeout(() => this.stopped(), SHOWN);
  }

  stopped() {
    clearTimeout(this.timer);
    if (typingText.textContent === TYPES) typing.hidden = true;
  }
}
