"""Random logs that are as nasty as the contract allows: few subjects, rival revisions, repeats, rubbish, disorder."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from schemas import codes
from schemas.instant import iso_ms
from schemas.partition import partition_of
from schemas.places import load
from schemas.pseudonym import household_code
from schemas.topics import FIELD_TOPICS

PARTITIONS = 3
UNITS = ("2025-07:24848", "2025-07:24846", "2025-03:24847", "2025-03:24850", "2025-03:672", "2025-07:68")
START = datetime(2026, 3, 1, tzinfo=UTC)
TYPES_OF = {
    "points": ("point.approved", "point.site-checked", "point.connected", "point.activity-held"),
    "devices": ("device.installed", "device.faulted", "device.removed"),
    "training": ("training.session-held", "training.attended"),
    "outreach": ("outreach.session-held", "leaflet.distributed", "media.delivered"),
    "handouts": ("smartphone.handed-out", "sim.handed-out"),
    "payments": ("card.issued", "account.opened"),
    "support": ("contribution.received", "support.delivered"),
    "households": ("household.surveyed",),
}
Json = dict[str, Any]


class Put(NamedTuple):
    """A record to publish, topic without prefix."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None


class RandomLog:
    """Makes records from a seed. `subjects` is how many households, points and sessions a unit has."""

    def __init__(self, seed: int, units: tuple[str, ...] = UNITS, sources: int = 4, subjects: int = 4) -> None:
        self.random = random.Random(seed)
        self.units, self.subjects = units, subjects
        self.sources = [f"/tablets/t{seed}-{number}" for number in range(sources)]
        self.next_seq: dict[tuple[str, str, str], int] = defaultdict(lambda: 1)
        self.sent: dict[tuple[str, str], list[Json]] = defaultdict(list)
        self._ids = 0

    def records(self, count: int, window: int = 30) -> list[Put]:
        """`count` records; each lies up to `window` places from where it was made."""
        made = [self._record() for _ in range(count)]
        places = [(index + self.random.random() * window, index) for index in range(count)]
        return [made[index] for _, index in sorted(places)]

    def _record(self) -> Put:
        chosen = self.random
        family = chosen.choice(list(TYPES_OF))
        topic, unit = f"field.{family}.v1", chosen.choice(self.units)
        if len(unit) < 12 and family not in ("support", "training", "outreach"):
            unit = self.units[0]
        earlier = self.sent[topic, unit]
        dice = chosen.random()
        if dice < 0.10 and earlier:
            return self._put(topic, chosen.choice(earlier))
        if dice < 0.14 and earlier:
            return self._put(topic, chosen.choice(earlier) | {"id": self._id()})
        if dice < 0.20:
            return self._rubbish(topic, unit, family)
        if dice < 0.40:
            event = self._revision(topic, unit, family)
        elif dice < 0.43:
            event = self._event(topic, unit, "stream.withdrawn", f"unit/{unit.replace(':', '.')}",
                                {"organisation": "other", "reason": "lost"})
        else:
            event = self._original(topic, unit, family)
        earlier.append(event)
        return self._put(topic, event)

    def _original(self, topic: str, unit: str, family: str) -> Json:
        name, fact = self._fact(unit, family)
        event = self._event(topic, unit, name, fact.pop("subject"), fact.pop("data"))
        return event | fact

    def _revision(self, topic: str, unit: str, family: str) -> Json:
        """Of an earlier event, of one still to come, or of nothing at all; carrying the truth, mostly."""
        chosen = self.random
        originals = [e for e in self.sent[topic, unit] if "root" not in e["data"] and e["type"] != "stream.withdrawn"]
        if originals and chosen.random() < 0.7:
            root = chosen.choice(originals)
            name, carried = root["type"], {k: root[k] for k in ("subject", "time", "receivedat", "skewms", "data")}
            source, seq = root["source"], root["seq"]
            if chosen.random() < 0.1:
                name, carried = self._fact(unit, family)
        else:
            name, carried = self._fact(unit, family)
            source = chosen.choice(self.sources)
            seq = max(1, self.next_seq[source, topic, unit] + chosen.randint(-6, 3))
        revision = {"organisation": "other", "root": {"source": source, "unit": unit, "seq": seq},
                    "revision": chosen.randint(1, 3), "reason": "office-check", "original": carried}
        kind = chosen.choice(("corrected", "voided"))
        if kind == "corrected":
            drawn = iter(lambda: self._fact(unit, family), None)
            revision["new"] = next(fact for other, fact in drawn if other == name)
        return self._event(topic, unit, f"{name}.{kind}", carried["subject"], revision)

    def _rubbish(self, topic: str, unit: str, family: str) -> Put:
        event = self._original(topic, unit, family)
        good = self._put(topic, event)
        chosen = self.random.randrange(9)
        if chosen == 0:
            return good._replace(value=b"\xff" + self.random.randbytes(20))
        if chosen == 1:
            return good._replace(value=None)
        if chosen == 2:
            return good._replace(partition=(good.partition + 1) % PARTITIONS)
        if chosen == 3:
            return self._put(topic, event | {"unit": "2025-07:99999"})
        if chosen == 4:
            return good._replace(key=self.units[0].encode() + b"x")
        if chosen == 5:
            return self._put(topic, event | {"dataschema": event["dataschema"][:-1] + "9"})
        if chosen == 6:
            return self._put(topic, event | {"type": "drone.seen"})
        if chosen == 7:
            return self._put(topic, event | {"skewms": "much"})
        return self._put(self.random.choice([t for t in FIELD_TOPICS if t != topic]), event)

    def _event(self, topic: str, unit: str, name: str, subject: str, data: Json) -> Json:
        source = self.random.choice(self.sources)
        seq = self.next_seq[source, topic, unit]
        self.next_seq[source, topic, unit] += self.random.choice((1, 1, 1, 1, 2))
        event = {"specversion": "1.0", "id": self._id(), "source": source, "type": name, "subject": subject,
                 "datacontenttype": "application/json", "dataschema": f"urn:fieldtally:{name}:1", "unit": unit,
                 "seq": seq, "data": data}
        return event | self._times()

    def _times(self) -> Json:
        time = START + timedelta(minutes=self.random.randrange(-3000, 3000))
        receipt = time + timedelta(minutes=self.random.choice((-30, 1, 600)))
        return {"time": iso_ms(int(time.timestamp() * 1000)), "receivedat": iso_ms(int(receipt.timestamp() * 1000)),
                "skewms": self.random.choice((0, 0, 1000, 3_600_000, -7_200_000))}

    def _id(self) -> str:
        self._ids += 1
        return f"01934c1e-0000-7000-8000-{self._ids:012x}"

    @staticmethod
    def _put(topic: str, event: Json) -> Put:
        key = event["unit"].encode()
        return Put(topic, partition_of(key, PARTITIONS), key, json.dumps(event).encode())

    def _fact(self, unit: str, family: str) -> tuple[str, Json]:
        chosen, place = self.random, unit.replace(":", ".")
        is_commune = len(unit.partition(":")[2]) == 5
        name = chosen.choice(TYPES_OF[family])
        if not is_commune:
            name = {"outreach": "outreach.session-held", "support": "contribution.received"}.get(family, name)
        number = chosen.randrange(self.subjects)
        subject = {"point": f"point/{place}-{number}", "device": f"point/{place}-{number}",
                   "training": f"session/{place}-S00{number}", "contribution": f"unit/{place}"}.get(name.split(".")[0])
        if name == "outreach.session-held":
            subject = f"session/{place}-S00{number}"
        elif name in ("media.delivered", "support.delivered") and chosen.random() < 0.3:
            subject = f"unit/{place}"
        data = self._data(name, place)
        if chosen.random() < 0.3:
            data["village"] = f"{unit}/0{chosen.randrange(3)}"
        return name, {"subject": subject or f"household/{household_code(unit, number)}", "data": data} | self._times()

    def _data(self, name: str, place: str) -> Json:
        c = self.random
        yes = [c.random() < 0.6 for _ in range(4)]
        topic = c.choice(("health", "education", "cashless-payment"))
        device = {"maker": "acme", "model": "m-1", "serial": "p1." + c.choice(("ab", "ab", "bc")) * 16,
                  "kind": c.choice(("laptop", "printer"))}  # fmt: skip
        home = household_code(place.replace(".", ":", 1), c.randrange(self.subjects)) if len(place) > 11 else None
        made: dict[str, Json] = {
            "point.approved": {"host": c.choice(tuple(codes.HOST_CLASSES)), "period": "2023-2030", "decision": "qd-1"},
            "point.site-checked": {"solid_house": yes[0], "works_exist": yes[1], "easy_to_reach": True},
            "point.connected": {"service": "fibre", "funding": "other", "expires": "2025-12-31"},
            "point.activity-held": {"topic": topic, "language": c.choice(("vi", "hmn")), "activity": "learning",
                                    "visitors": c.randrange(50)},
            "device.installed": device | {"funding": c.choice(("enterprise", "donation"))},
            "device.faulted": device | {"fault": "no-power"},
            "device.removed": device | {"reason": "lost"},
            "training.session-held": {"topic": topic, "language": "hmn", "headcount": c.randrange(6)},
            "training.attended": {"attendee": f"{home}/{c.randrange(4)}" if home and yes[0] else f"{c.randrange(5)}"}
            | ({"household": home} if home and yes[1] else {}),
            "outreach.session-held": {"round": c.randint(1, 3), "topic": topic, "language": "vi",
                                      "headcount": c.randrange(90)},
            "leaflet.distributed": {"leaflet": "l-1"},
            "media.delivered": {"kind": c.choice(("radio", "book")), "language": "vi"},
            "smartphone.handed-out": {"recipient": c.choice(("household", "pupil")), "imei": "p1." + "cd" * 16,
                                      "funding": "donation"},
            "sim.handed-out": {"recipient": c.choice(("household", "pupil")), "iccid": "p1." + "ef" * 16, "plan": "4g"},
            "card.issued": {"bank": c.choice(("agribank", "vbsp"))},
            "account.opened": {"bank": c.choice(("agribank", "bidv"))},
            "contribution.received": {"giver": "bank", "purpose": c.choice(tuple(codes.PURPOSES)),
                                      "amount": c.randint(1, 10**12)},
            "support.delivered": {"purpose": c.choice(tuple(codes.PURPOSES)), "value": c.randint(1, 10**9)},
            "household.surveyed": {"household_class": c.choice(tuple(codes.HOUSEHOLD_CLASSES)),
                                   "needs_telecom": yes[0], "has_telecom": yes[1], "owns_smartphone": yes[2],
                                   "has_internet": yes[3]},
        }  # fmt: skip
        return {"organisation": "other", **made[name]}


assert all(load().known(unit) for unit in UNITS)
