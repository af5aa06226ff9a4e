"""What is told instead of taking a report: emergencies, crimes, denunciations, complaints against decisions."""

from __future__ import annotations

from bot.locality import Locality
from bot.tickets.texts import Texts


class Guidance:
    """Guidance with one locality's numbers and places."""

    def __init__(self, locality: Locality, texts: Texts) -> None:
        self._locality = locality
        self._texts = texts

    def emergency(self, kind: str | None) -> list[str]:
        """The number first; `kind` is fire, medical, police, child, disaster or self_harm, none when not known."""
        numbers, say = self._locality.emergency, self._texts.say
        named = {
            "fire": numbers.fire,
            "medical": numbers.medical,
            "police": numbers.police,
            "child": numbers.child,
            "disaster": numbers.disaster,
        }
        if kind == "self_harm":
            line = numbers.self_harm
            hotline = say("self_harm_hotline", name=line.name, phone=line.phone) if line else ""
            return [say("emergency_self_harm", number=numbers.medical, hotline=hotline)]
        first = (
            say(f"emergency_{kind}", number=named[kind], police=numbers.police)
            if kind in named
            else say("emergency_unknown", **named)
        )
        return [first, say("emergency_after")]

    def crime(self) -> list[str]:
        """How to report a crime."""
        line = next((item for item in self._locality.hotlines if "công an" in item.name.lower()), None)
        police = f"{line.name} {line.phone}" if line else "công an nơi gần nhất"
        return [self._texts.say("crime", number=self._locality.emergency.police, police_office=police)]

    def denunciation(self) -> list[str]:
        """How to denounce, in person or in writing."""
        return [self._texts.say("denunciation", reception=self._reception())]

    def complaint(self) -> list[str]:
        """How to lodge a complaint against a decision."""
        return [self._texts.say("complaint_decision", reception=self._reception())]

    def of(self, intent: str, kind: str | None = None) -> list[str]:
        """The guidance for one of the guided intents."""
        match intent:
            case "crime":
                return self.crime()
            case "denunciation":
                return self.denunciation()
            case "complaint_decision":
                return self.complaint()
        return self.emergency(kind)

    def _reception(self) -> str:
        """When leaders receive citizens, else the office itself."""
        rows = [
            self._texts.say(
                "reception_row",
                who=f"{item.who} tiếp công dân",
                address=item.address,
                hours=_open_days(item.hours.week()),
                phone=f", điện thoại {item.phone}" if item.phone else "",
            )
            for item in self._locality.reception
        ]
        office = self._locality.office
        return "; ".join(rows) or f"{office.name}, {office.address}"


def _open_days(week: list[tuple[str, str]]) -> str:
    return "; ".join(f"{days} {spans}" for days, spans in week if spans != "nghỉ")
