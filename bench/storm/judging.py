"""What a storm left: judged by what reached the citizens, and by what the system itself says of the rest."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from typing import Any

from bench.sections import table
from bench.storm.blowing import Blown, Plan, Written
from bench.storm.places import Place
from bench.storm.questions import code_of

_ARRIVED = """
SELECT c.channel, c.external_id, m.body, m.state, array_agg(o.state) FILTER (WHERE o.id IS NOT NULL)
FROM messages m JOIN conversations c ON c.id = m.conversation_id LEFT JOIN outbox o ON o.message_id = m.id
WHERE c.channel IN ('telegram', 'zalo') GROUP BY c.id, m.id ORDER BY m.id
"""
UNCERTAIN = {"unknown", "sending"}
"""`sending` is what a dead sender left behind: it becomes `unknown` when its time is over."""

Citizen = tuple[str, str]
Arrived = dict[Citizen, list[tuple[str, list[str]]]]


def judge(plan: Plan, place: Place, blown: Blown) -> dict[str, Any]:
    """The figures. `lost`, `twice`, `disordered` and `stored_twice` must be 0."""
    reached, others = _reached(place)
    arrived = _arrived(place, {written.citizen for written in blown.written})
    verdicts: Counter[str] = Counter()
    seconds: list[float] = []
    for written in blown.written:
        verdict, at = _verdict(written, reached, arrived)
        verdicts[verdict] += 1
        if at is not None:
            seconds.append(at - written.at)
    stored = sum(len(messages) for messages in arrived.values())
    tries = place.platforms.telegram.counts()["tries"] + place.platforms.zalo.counts()["tries"]
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99
    return {
        "place": place.name,
        "messages": len(blown.written),
        "citizens": len({written.citizen for written in blown.written}),
        "deliveries_to_webhooks": tries,
        "stored": stored,
        "stored_twice": stored - len(blown.written) + verdicts["not_stored"],
        "answered_once": verdicts["once"],
        "answered_once_marked_unknown": verdicts["once_unknown"],
        "unknown": verdicts["unknown"],
        "lost": verdicts["lost"] + verdicts["not_stored"],
        "twice": verdicts["twice"],
        "disordered": _disordered(blown, reached, arrived),
        "other_messages": sum(others.values()),
        "kills": dict(place.kills),
        "faults": {
            "telegram": place.platforms.telegram.happened(),
            "zalo": place.platforms.zalo.happened(),
        },
        "quiet": blown.quiet,
        "writing_s": round(blown.writing_seconds, 1),
        "quiet_s": round(blown.quiet_seconds, 1),
        "p50_s": round(cuts[49], 2),
        "p99_s": round(cuts[98], 2),
        "rate": plan.rate,
    }


def _reached(place: Place) -> tuple[dict[Citizen, list[tuple[str, float]]], Counter[str]]:
    """What each citizen read: the procedure of each answer, and when; and how many other messages."""
    found: dict[Citizen, list[tuple[str, float]]] = defaultdict(list)
    others: Counter[str] = Counter()
    both = [("telegram", "chat", place.platforms.telegram), ("zalo", "citizen", place.platforms.zalo)]
    for channel, key, standin in both:
        for one in standin.sent():
            code = code_of(one["text"])
            if code is None:
                others[one["text"]] += 1
            else:
                found[channel, str(one[key])].append((code, one["at"]))
    return found, others


def _arrived(place: Place, citizens: set[Citizen]) -> Arrived:
    """What the system stored of each citizen in its order, and the states of the answers."""
    found: Arrived = defaultdict(list)
    with place.database() as connection:
        for channel, citizen, body, _, states in connection.execute(_ARRIVED).fetchall():
            if (channel, citizen) in citizens:
                found[channel, citizen].append((body, states or []))
    return found


def _verdict(
    written: Written, reached: dict[Citizen, list[tuple[str, float]]], arrived: Arrived
) -> tuple[str, float | None]:
    """One message: `once`, `once_unknown`, `unknown`, `twice`, `lost`, `not_stored`; when the answer came."""
    answers = [at for code, at in reached[written.citizen] if code == written.question.code]
    stored = [states for body, states in arrived[written.citizen] if body == written.question.text]
    if len(answers) > 1:
        return "twice", answers[0]
    uncertain = bool(stored) and bool(UNCERTAIN & set(stored[0]))
    if answers:
        return ("once_unknown" if uncertain else "once"), answers[0]
    if not stored:
        return "not_stored", None
    return ("unknown" if uncertain else "lost"), None


def _disordered(blown: Blown, reached: dict[Citizen, list[tuple[str, float]]], arrived: Arrived) -> int:
    """Citizens who read their answers in another order than that in which their messages arrived."""
    asked = {written.question.code: written.question.text for written in blown.written}
    wrong = 0
    for citizen, messages in arrived.items():
        place_of = {body: number for number, (body, _) in enumerate(messages)}
        read = [place_of[asked[code]] for code, _ in reached[citizen] if asked.get(code) in place_of]
        wrong += read != sorted(read)
    return wrong


def render(results: list[dict[str, Any]]) -> str:
    """The table of several storms."""
    rows: list[list[Any]] = [
        ["messages written, citizens", *(f"{r['messages']:,}, {r['citizens']:,}" for r in results)],
        [
            "deliveries to the webhooks (echoes and receipts included)",
            *(f"{r['deliveries_to_webhooks']:,}" for r in results),
        ],
        ["answered exactly once", *(f"{r['answered_once'] + r['answered_once_marked_unknown']:,}" for r in results)],
        [
            "of these marked unknown (delivered, but no answer came back)",
            *(r["answered_once_marked_unknown"] for r in results),
        ],
        ["marked unknown and not delivered", *(r["unknown"] for r in results)],
        ["lost", *(r["lost"] for r in results)],
        ["answered twice", *(r["twice"] for r in results)],
        ["stored twice", *(r["stored_twice"] for r in results)],
        ["citizens with answers out of order", *(r["disordered"] for r in results)],
        ["kills", *(", ".join(f"{kind} {n}" for kind, n in sorted(r["kills"].items())) for r in results)],
        ["platform errors", *(_faults(r) for r in results)],
        ["written in, all quiet after, seconds", *(f"{r['writing_s']:.0f}, {r['quiet_s']:.0f}" for r in results)],
        ["from writing to the answer, p50, p99, seconds", *(f"{r['p50_s']}, {r['p99_s']}" for r in results)],
    ]
    return table("A storm over Telegram and Zalo", ["", *(r["place"] for r in results)], rows)


def _faults(result: dict[str, Any]) -> str:
    total: Counter[str] = Counter()
    for happened in result["faults"].values():
        total.update(happened)
    return ", ".join(f"{kind} {number}" for kind, number in sorted(total.items()))


def failures(result: dict[str, Any]) -> list[str]:
    """What must not be; nothing where the storm was withstood."""
    found = [name for name in ("lost", "twice", "stored_twice", "disordered") if result[name]]
    return found if result["quiet"] else [*found, "not quiet"]
