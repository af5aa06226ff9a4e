"""Runs storms and keeps their figures."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.sections import write_section
from bench.storm import judging, places, questions
from bench.storm.blowing import Plan, blow
from bench.storm.places import Place

RESULTS = Path(__file__).resolve().parents[1] / "results"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The storm's own arguments."""
    parser.add_argument("--messages", type=int, default=10_000, help="of a storm (default 10000)")
    parser.add_argument("--citizens", type=int, default=1_000, help="of a storm (default 1000)")
    parser.add_argument("--rate", type=float, default=40.0, help="messages a second of a storm (default 40)")
    parser.add_argument(
        "--place", choices=("embedded", "debian", "both"), default="both", help="of a storm (default both)"
    )


def storm(args: argparse.Namespace) -> int:
    """Storms at the places asked for, their table, and how many were not withstood."""
    plan = Plan(messages=args.messages, citizens=args.citizens, rate=args.rate)
    path = RESULTS / "storm.json"
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    for name in ("embedded", "debian"):
        if args.place not in (name, "both"):
            continue
        if name == "debian" and not os.environ.get("BOT_DATABASE_URL") and places.debian_programs() is None:
            print("no storm on a Debian server: package postgresql is not installed", flush=True)
            continue
        print(f"storm, {name} …", flush=True)
        kept[name] = one(plan, name)
        RESULTS.mkdir(exist_ok=True)
        path.write_text(json.dumps(kept, indent=1))
        print(json.dumps(kept[name], indent=1), flush=True)
    print(judging.render(list(kept.values())), flush=True)
    if args.docs:
        document(kept)
    return sum(bool(judging.failures(result)) for result in kept.values())


def document(kept: dict[str, Any]) -> None:
    """Put the last storm of each place into docs/performance.md."""
    made = "; ".join(
        f"{result['place']}: `python -m bench --storm --place {name} --messages {result['messages']}"
        f" --citizens {result['citizens']} --rate {result['rate']:.0f} --docs`, {result['when'][:10]}"
        for name, result in kept.items()
    )
    head = (
        f"## A storm\n\n{made}. Two shared cores for stand-ins, systems and whatever else ran on the machine, so read"
        " the counts, not the seconds: more was written than could be answered at once, and citizens who waited were"
        " told so. Half of them write on Telegram, half on Zalo. The platforms deliver 20 % twice, Zalo up to two"
        " seconds late and so out of order; they answer with 5xx before and after delivering, break connections off"
        " before and after delivering, hang, slow down, say 429 and -32, end all access tokens once and fail the next"
        " renewal. Every ten seconds a worker, engine, actions or web is killed with `kill -9`. A message is judged"
        " by what reached the citizen, and by the outbox for the rest: no platform has an idempotency key, so what may"
        " have arrived is marked unknown and not sent again. The order of answers is compared with that in which the"
        " messages reached us.\n\n"
    )
    write_section(PAGE, "storm", head + judging.render(list(kept.values())))


def one(plan: Plan, name: str) -> dict[str, Any]:
    """One storm at one place."""
    with places.platforms(plan.seed) as both, _place(name, both) as place:
        asked = questions.probe(place.systems[0])
        print(f"  {len(asked)} questions", flush=True)
        blown = blow(plan, place, asked, lambda line: print(f"  {line}", flush=True))
        return judging.judge(plan, place, blown) | {
            "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
        }


@contextlib.contextmanager
def _place(name: str, both: places.Platforms) -> Iterator[Place]:
    if name == "embedded":
        with places.embedded(both) as place:
            yield place
        return
    with contextlib.ExitStack() as stack:
        url = os.environ.get("BOT_DATABASE_URL") or stack.enter_context(places.debian_server())
        yield stack.enter_context(places.doubled(both, url))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    arguments(parser)
    parser.add_argument("--docs", action="store_true", help="write docs/performance.md as well")
    sys.exit(storm(parser.parse_args()))


if __name__ == "__main__":
    main()
