"""`make bench`: a turn end to end beside two plain Rasa servers, and understanding beside Rasa's, on the same data;
then tickets, the queue of unanswered questions, and a storm over the channels.

Speed is read as a ratio within one run: the rounds of the three systems alternate, because the
machine's own speed wanders.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import logging
import platform
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import structlog

from bench import review, search, systems, tickets, understanding, webhooks
from bench.load import Client, Measured, closed_loop
from bench.sections import table, write_section
from bench.storm import run as storm
from bench.traffic import conversations, long_conversation

RESULTS = Path(__file__).resolve().parent / "results"
PAGE = RESULTS.parent.parent / "docs" / "performance.md"
CONVERSATIONS = (1, 8, 32)
LENGTHS = (5, 50, 400)
WINDOW = 10  # turns averaged around a length


async def throughput(
    all_systems: list[systems.System], rounds: int, turns: dict[str, int]
) -> dict[str, dict[int, dict[str, float]]]:
    """Alternate rounds of every system at every number of conversations; the figures of all rounds pooled."""
    pooled: dict[tuple[str, int], list[Measured]] = {}
    for system in all_systems:  # warm: first requests load and connect
        await closed_loop(system.url, conversations(), system.turn, conversations=4, turns=20)
    for number in range(rounds):
        for many in CONVERSATIONS:
            for system in all_systems:
                print(f"  round {number + 1}/{rounds}, {many} conversations, {system.name} …", flush=True)
                measured = await closed_loop(
                    system.url, conversations(), system.turn, conversations=many, turns=turns[system.name]
                )
                pooled.setdefault((system.name, many), []).append(measured)
    out: dict[str, dict[int, dict[str, float]]] = {}
    for (name, many), parts in pooled.items():
        whole = Measured(
            [s for part in parts for s in part.seconds],
            sum(part.elapsed for part in parts),
            sum(part.failures for part in parts),
        )
        row = whole.row()
        row["turns_per_s_rounds"] = [part.row()["turns_per_s"] for part in parts]  # type: ignore[assignment]
        out.setdefault(name, {})[many] = row
    return out


async def length_cost(system: systems.System, longest: int) -> dict[int, float]:
    """Milliseconds of a turn around each length of one conversation: medians of a window."""
    client, state = Client(system.url), None
    seconds: list[float] = []
    loop = asyncio.get_running_loop()
    for text in long_conversation(longest + WINDOW // 2):
        before = loop.time()
        _, state = await system.turn(client, state, text)
        seconds.append(loop.time() - before)
    await client.close()
    return {
        length: round(statistics.median(seconds[max(0, length - WINDOW // 2) : length + WINDOW // 2]) * 1000, 2)
        for length in LENGTHS
        if length <= longest
    }


def render(result: dict[str, Any]) -> str:
    """The tables of a result, as printed and as kept in docs/performance.md."""
    parts = []
    rows = [
        [name, many, row["turns_per_s"], row["p50_ms"], row["p95_ms"], row["turns"], row["failures"]]
        for name, by_many in result["throughput"].items()
        for many, row in by_many.items()
    ]
    parts.append(
        table("A turn, end to end", ["system", "conversations", "turns/s", "p50 ms", "p95 ms", "turns", "failed"], rows)
    )
    ratios = [[f"product / {name}", *cells.values()] for name, cells in result["ratios"].items()]
    parts.append(
        table("Turns a second, as a ratio", ["", *(f"{many} conversations" for many in CONVERSATIONS)], ratios)
    )
    parts.append(
        table(
            "Milliseconds of a turn by the length of the conversation",
            ["system", *(f"turn {n}" for n in LENGTHS), "last / first"],
            [
                [
                    name,
                    *(cost.get(n, "–") for n in LENGTHS),
                    round(list(cost.values())[-1] / next(iter(cost.values())), 2),
                ]
                for name, cost in result["length"].items()
            ],
        )
    )
    parts.append(
        table(
            "Start and training, seconds",
            ["system", "training", "start to ready"],
            [[n, f"{c['train_s']:.1f} {c['train_note']}", f"{c['start_s']:.1f}"] for n, c in result["cost"].items()],
        )
    )
    parts.append(
        table(
            "Memory after the run, MB (proportional set size)",
            ["system", "processes", "together"],
            [
                [name, ", ".join(f"{p} {mb:.0f}" for p, mb in memory.items()), f"{sum(memory.values()):.0f}"]
                for name, memory in result["memory"].items()
            ],
        )
    )
    return "\n".join(parts)


async def measure(all_systems: list[systems.System], args: argparse.Namespace) -> dict[str, Any]:
    """All figures of the systems that run now."""
    turns = {system.name: args.turns for system in all_systems}
    if "rasa-default" in turns:
        turns["rasa-default"] = max(60, args.turns // 5)
    speed = await throughput(all_systems, args.rounds, turns)
    length = {}
    for system in all_systems:
        print(f"  one long conversation, {system.name} …", flush=True)
        length[system.name] = await length_cost(system, 50 if system.name == "rasa-default" else max(LENGTHS))
    ours = speed["product"]
    return {
        "throughput": speed,
        "ratios": {
            name: {many: round(ours[many]["turns_per_s"] / row[many]["turns_per_s"], 2) for many in CONVERSATIONS}
            for name, row in speed.items()
            if name != "product"
        },
        "length": length,
        "memory": {system.name: system.memory() for system in all_systems},
        "cost": {
            s.name: {"train_s": s.train_s or 0.0, "start_s": s.start_s, "train_note": s.train_note} for s in all_systems
        },
    }


def main() -> None:
    """Run the benchmark, print its tables, keep its figures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="alternating rounds (default 3)")
    parser.add_argument("--turns", type=int, default=600, help="turns of a system in a round (default 600)")
    parser.add_argument(
        "--epochs",
        type=int,
        help="epochs of the default Rasa (default: 1 for turns, whose speed does not depend on it, otherwise 5)",
    )
    parser.add_argument("--understanding", action="store_true", help="only compare the understanding")
    parser.add_argument("--without-understanding", action="store_true", help="only measure turns")
    parser.add_argument("--without-default", action="store_true", help="leave plain Rasa's default configuration out")
    parser.add_argument("--docs", action="store_true", help="write docs/performance.md as well")
    parser.add_argument("--tickets", action="store_true", help="only filing and listing tickets, without any Rasa")
    parser.add_argument("--review", action="store_true", help="only the queue of unanswered questions")
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="tickets in the database (default 1000000; 0: no part)"
    )
    parser.add_argument("--storm", action="store_true", help="only a storm over Telegram and Zalo, with kills")
    parser.add_argument("--webhooks", action="store_true", help="only the webhooks: acknowledgement and fuzzing")
    parser.add_argument("--tries", type=int, default=100_000, help="of fuzzing the webhooks (default 100000)")
    storm.arguments(parser)
    parser.add_argument(
        "--index",
        type=Path,
        metavar="CATALOGUE",
        help="only the search index at 10,000 procedures, from this catalogue",
    )
    args = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    if args.index:
        bench_index(args)
        return
    if args.storm or args.webhooks:
        sys.exit(storm.storm(args) if args.storm else webhooks.main(args))
    if not (args.understanding or args.tickets or args.review):
        bench_turns(args)
    if not (args.without_understanding or args.tickets or args.review):
        understanding.main(0 if args.without_default else args.epochs or 5, args.docs)
    if args.rows and not (args.understanding or args.review):
        bench_tickets(args)
    if args.rows and not (args.understanding or args.tickets):
        bench_review(args)
    if not (args.understanding or args.tickets or args.review):
        sys.exit(webhooks.main(args) + storm.storm(args))


def bench_index(args: argparse.Namespace) -> None:
    """Memory and time of the search."""
    result = stamped(dict(search.run(args.index)))
    (RESULTS / "index.json").write_text(json.dumps(result, indent=1))
    text = search.render(result)
    print(text)
    if args.docs:
        head = (
            f"## Search\n\nMade by `python -m bench --index CATALOGUE --docs` on {result['when'][:10]}"
            f" ({result['machine']}, two shared cores, others at work on them): the national catalogue made as large as"
            " 10,000 procedures by copies in partly other words.\n\n"
        )
        write_section(PAGE, "index", head + text)


def bench_tickets(args: argparse.Namespace) -> None:
    """Filing and listing."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    print("tickets …", flush=True)
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as work:
        result = stamped(tickets.run(Path(work), rows=args.rows))
    (RESULTS / "tickets.json").write_text(json.dumps(result, indent=1))
    text = tickets.render(result)
    print(text)
    if args.docs:
        head = (
            f"## Tickets\n\nMade by `python -m bench --tickets --rows {args.rows} --docs` on {result['when'][:10]}"
            f" ({result['machine']}, two shared cores, others at work on them), through `TicketService` on the embedded"
            f" PostgreSQL with the product's settings; the database had {result['size_mb']:,} MB.\n\n"
        )
        write_section(PAGE, "tickets", head + text)


def bench_review(args: argparse.Namespace) -> None:
    """The queue of unanswered questions."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    print("review …", flush=True)
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as work:
        result = stamped(review.run(Path(work), rows=args.rows))
    (RESULTS / "review.json").write_text(json.dumps(result, indent=1))
    text = review.render(result)
    print(text)
    if args.docs:
        head = (
            f"## Unanswered questions\n\nMade by `python -m bench --review --rows {args.rows} --docs` on"
            f" {result['when'][:10]} ({result['machine']}, two shared cores, others at work on them), through `Grouper`"
            " and the queue's service on the embedded PostgreSQL with the product's settings.\n\n"
        )
        write_section(PAGE, "review", head + text)


def stamped(result: dict[str, Any]) -> dict[str, Any]:
    """With when and where it was measured."""
    return result | {
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def bench_turns(args: argparse.Namespace) -> None:
    """A turn, beside plain Rasa."""
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-bench-")))
        print("starting the product …", flush=True)
        ours = stack.enter_context(systems.product(work))
        everyone: list[systems.System] = [ours]
        actions_url, database_url = ours.actions_url, ours.database_url
        for name, default in (("rasa-stock", False), ("rasa-default", True)):
            if default and args.without_default:
                continue
            print(f"training and starting {name} …", flush=True)
            everyone.append(
                stack.enter_context(
                    systems.rival(
                        name,
                        work,
                        default=default,
                        epochs=args.epochs or 1,
                        actions_url=actions_url,
                        database_url="" if default else systems.new_database(database_url),
                    )
                )
            )
        result = stamped(asyncio.run(measure(everyone, args)))
    (RESULTS / "turns.json").write_text(json.dumps(result, indent=1))
    text = render(result)
    print(text)
    if args.docs:
        head = (
            "## A turn, side by side\n\nThe last result of the benchmark, as it printed it. Made by"
            f" `python -m bench --rounds {args.rounds} --turns {args.turns} --docs` (`make bench`: the same tables)"
            f" on {result['when'][:10]} ({result['machine']}, two shared cores). Read the ratios, not the"
            " milliseconds: the machine is shared, and the rounds of the three systems alternate within one run.\n\n"
            "- **product**: through `POST /api/chat`, durable inbox and results in PostgreSQL, its own engine.\n"
            "- **rasa-stock**: stock Rasa with the same pipeline, rules and actions, REST channel, its SQL tracker"
            " store on the same PostgreSQL.\n"
            "- **rasa-default**: plain Rasa with the pipeline and policies of `rasa init`, in-memory tracker, same"
            " data; trained for fewer epochs than its default, which changes its accuracy but not its speed.\n\n"
        )
        write_section(PAGE, "turns", head + text)


if __name__ == "__main__":
    main()
