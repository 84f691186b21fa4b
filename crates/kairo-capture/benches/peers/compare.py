"""Prints how long Kairo, chrono-node and Duckling take for one reading; see README.md."""

import json
import subprocess
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
CASES = HERE.parent.parent / "cases"
KAIRO = HERE.parents[3] / "target/release/kairo-capture"

# The contexts that cases name, as in tests/cases.rs.
CONTEXTS = {
    "us": ("2026-11-23T09:00:00", "America/New_York", "MDY"),
    "eu": ("2026-11-23T09:00:00", "Europe/Berlin", "DMY"),
    "late": ("2027-03-19T20:30:00", "Europe/London", "DMY"),
    "spring": ("2027-03-12T12:00:00", "America/New_York", "MDY"),
    "autumn": ("2026-10-30T12:00:00", "America/New_York", "MDY"),
    "leap": ("2028-02-27T08:15:00", "UTC", "DMY"),
}


def cases():
    for file in sorted(CASES.glob("*.txt")):
        for line in file.read_text().splitlines():
            if line.strip() and not line.startswith("# "):
                text, context, _ = line.rsplit(" | ", 2)
                yield text, CONTEXTS[context.strip()]


def kairo(texts):
    ask = [
        json.dumps({"id": n, "text": text, "timezone": zone, "reference": at, "date_order": order})
        for n, (text, (at, zone, order)) in enumerate(texts)
    ]
    lines = "\n".join(ask + ask) + "\n"
    answers = subprocess.run([KAIRO, "--jsonl"], input=lines, capture_output=True, text=True)
    return [json.loads(line)["us"] for line in answers.stdout.splitlines()][len(texts):]


def chrono(texts):
    lines = []
    for text, (at, zone, _) in texts:
        local = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
        offset = local.utcoffset().total_seconds() / 60
        lines.append(json.dumps({"text": text, "reference": local.isoformat(), "offset": offset}))
    command = ["node", HERE / "chrono.mjs"]
    answer = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True)
    return [float(line) for line in answer.stdout.split()]


def duckling(texts):
    import duckling as duck

    zones = duck.load_time_zones("/usr/share/zoneinfo")
    language = duck.parse_lang("EN")
    locale = duck.parse_locale("EN_US", duck.default_locale_lang(language))
    dimensions = duck.parse_dimensions(["time"])
    contexts = {}
    for at, zone, _ in CONTEXTS.values():
        local = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
        reference = duck.parse_ref_time(zones, zone, int(local.timestamp()))
        contexts[at, zone] = duck.Context(reference, locale)
    taken = []
    for measured in (False, True):
        for text, (at, zone, _) in texts:
            start = time.perf_counter()
            duck.parse(text, contexts[at, zone], dimensions, False)
            if measured:
                taken.append((time.perf_counter() - start) * 1e6)
    return taken


def main():
    texts = list(cases())
    print(f"{len(texts)} readings")
    for engine in (kairo, chrono, duckling):
        taken = sorted(engine(texts))
        assert len(taken) == len(texts), f"{engine.__name__} answered {len(taken)}"
        at = [taken[len(taken) * part // 1000] for part in (500, 990, 999)]
        print(f"{engine.__name__}: p50 {at[0]:.0f} us, p99 {at[1]:.0f} us, p99.9 {at[2]:.0f} us")


main()
