"""`bot ask` and `bot chat`."""

from __future__ import annotations

import json
import sys
from typing import Any

from bot.cli import client
from bot.cli.failure import CommandError


def ask(text: str, *, as_json: bool, conversation: str | None) -> int:
    """Ask one question and print the answer."""
    with client.connect(conversation) as bot:
        answer = bot.send(text=text)
    print(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else _readable(answer))
    return 0


def chat() -> int:
    """Talk until the end of input."""
    with client.connect() as bot:
        if sys.stdin.isatty():
            print("Gõ câu hỏi rồi nhấn Enter. Gõ số để bấm nút. Ctrl-D để thôi.\n")
        buttons: list[dict[str, str]] = []
        while True:
            try:
                line = input("bạn> " if sys.stdin.isatty() else "").strip()
            except EOFError:
                print()
                return 0
            if not line:
                continue
            try:
                if line.isdigit() and 1 <= int(line) <= len(buttons):
                    answer = bot.send(payload=buttons[int(line) - 1]["payload"])
                else:
                    answer = bot.send(text=line)
            except CommandError as error:
                print(f"  ({error})\n")
                continue
            buttons = [button for reply in answer["replies"] for button in reply.get("buttons") or []]
            print(_readable(answer, numbered=True) + "\n")


def _readable(answer: dict[str, Any], *, numbered: bool = False) -> str:
    lines: list[str] = []
    number = 0
    for reply in answer["replies"]:
        lines.append(str(reply["text"]))
        for button in reply.get("buttons") or []:
            number += 1
            lines.append(f"  [{number}] {button['title']}" if numbered else f"  • {button['title']}")
        lines.append("")
    return "\n".join(lines).rstrip()
