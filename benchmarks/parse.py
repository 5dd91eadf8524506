"""How fast logs become events, beside a plain Python loop that does the same work.

    python benchmarks/parse.py [--lines 200000]

prints one JSON object: lines a second of wall-clock and CPU time, peak memory above the imports,
and the same of the peers, each case in a process of its own. Only ratios of one run mean much.
"""

import argparse
import gzip
import json
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parent.parent / "sample_logs" / "login-lockout"
SOURCES = {
    "nginx": "web-access.log.gz",
    "json": "web-app.jsonl.gz",
    "logfmt": "token-issuer.log.gz",
    "python_logging": "gateway.log.gz",
    "keycloak": "keycloak.log.gz",
}
COMBINED = re.compile(
    r'^(\S+) - (\S+) \[([^\]]+)\] "([A-Z]+) ((?:[^"\\]|\\.)*) (HTTP/[\d.]+)" (\d{3}) (\d+|-)'
    r' "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"'
)
SECRET = re.compile(r"([?&](?:code|state|access_token|id_token|token)=)[^&\s\"]+")
KEYED = re.compile(r'("(?:password|access_token|refresh_token|id_token|client_secret)":")[^"]*')


def main() -> None:
    asked = arguments()
    if asked.case:
        print(json.dumps(run(asked.case, Path(asked.file))))
        return
    with tempfile.TemporaryDirectory() as place:
        cases = {
            name: measure(name, made, asked.lines)
            for name, made in prepared(Path(place), asked.lines).items()
        }
    print(json.dumps({"machine": machine(), "lines": asked.lines, "cases": cases}, indent=1))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    return parser.parse_args()


def prepared(place: Path, lines: int) -> dict[str, Path]:
    """The sample's files, repeated to the wanted number of lines."""
    made = {}
    for name, stored in SOURCES.items():
        whole = gzip.decompress((SAMPLE / stored).read_bytes()).splitlines(keepends=True)
        path = place / stored.removesuffix(".gz")
        path.write_bytes(b"".join(whole[at % len(whole)] for at in range(lines)))
        made[name] = path
    return made


def measure(name: str, path: Path, lines: int) -> dict[str, Any]:
    told = {"authlogs": alone("authlogs", path, lines)}
    if name in PEERS:
        told["python_loop"] = alone(name, path, lines)
        ratio = told["authlogs"]["lines_per_cpu_s"] / told["python_loop"]["lines_per_cpu_s"]
        told["ratio_to_python_loop"] = round(ratio, 2)
    return told


def alone(case: str, path: Path, lines: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--case", case, "--file", str(path)]
    told: dict[str, Any] = json.loads(
        subprocess.run(command, capture_output=True, check=True).stdout
    )
    told["lines_per_s"] = round(lines / told["wall_s"])
    told["lines_per_cpu_s"] = round(lines / told["cpu_s"])
    return told


def run(case: str, path: Path) -> dict[str, Any]:
    """One case in this process; the first small read loads what is loaded lazily."""
    work = PEERS.get(case, with_authlogs)
    with tempfile.NamedTemporaryFile(suffix=path.suffix) as small:
        with path.open("rb") as file:
            small.write(b"".join(line for _, line in zip(range(50), file, strict=False)))
        small.flush()
        work(Path(small.name))
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    rows = work(path)
    return {
        "rows": rows,
        "wall_s": round(time.perf_counter() - wall, 3),
        "cpu_s": round(time.process_time() - cpu, 3),
        "peak_mib": round((peak() - before) / 1024),
    }


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def with_authlogs(path: Path) -> int:
    import authlogs as al

    return len(al.read(path, tz="America/Bogota", year=2024).events)


def nginx_loop(path: Path) -> int:
    """Match, type, redact and place each line, with caches where values repeat; to Arrow."""
    import ipaddress

    import pyarrow as pa

    times: dict[str, datetime] = {}
    addresses: dict[str, tuple[str, str]] = {}
    rows: list[tuple[Any, ...]] = []
    rejects: list[tuple[int, int, str]] = []
    offset = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = raw.decode(errors="replace").rstrip("\r\n")
            found = COMBINED.match(line)
            if found is None:
                rejects.append((number, offset, line[:120]))
            else:
                ip, user, at, method, target, _, status, size, referer, agent = found.groups()
                if at not in times:
                    times[at] = clf(at)
                if ip not in addresses:
                    address = ipaddress.ip_address(ip)
                    addresses[ip] = (str(address), f"{(0xFFFF << 32) | int(address):032x}")
                if "=" in target or "=" in referer:
                    target, referer = SECRET.sub(r"\1x", target), SECRET.sub(r"\1x", referer)
                outcome, reason = verdict(int(status))
                extra = json.dumps({"size": size, "referer": referer})
                rows.append((
                    times[at], at, method, target, int(status), *addresses[ip],
                    None if user == "-" else user, agent, outcome, reason, extra, number, offset,
                    len(line),
                ))  # fmt: skip
            offset += len(raw)
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    table = pa.table(columns, names=[str(at) for at in range(len(columns))])
    for name in ("2", "8", "9", "10"):
        at_ = table.schema.get_field_index(name)
        table = table.set_column(at_, name, table[name].dictionary_encode())
    return len(table)


def clf(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def verdict(status: int) -> tuple[str, str | None]:
    if status < 400:
        return "success", None
    return "failure", {401: "unspecified", 403: "policy_denied", 429: "rate_limited"}.get(status)


def json_loop(path: Path) -> int:
    """Parse, pick, redact and place each line; to Arrow."""
    import pyarrow as pa

    picked = (
        "level", "event", "service", "service_version", "instance", "zone", "outcome", "user",
        "client", "auth_method", "idp", "trace_id", "jti", "kid", "client_ip", "reason", "error",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    rejects: list[tuple[int, int, str]] = []
    offset = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = raw.decode(errors="replace").rstrip("\r\n")
            try:
                record = json.loads(line)
                at: datetime | None = moment(record.pop("timestamp"))
                values = [record.pop(name, None) for name in picked]
                duration = record.pop("duration_ms", None)
                extra = KEYED.sub(r"\1x", json.dumps(record)) if record else None
                rows.append((at, *values, duration, extra, number, offset, len(line)))
            except (ValueError, KeyError, AttributeError):
                rejects.append((number, offset, line[:120]))
            offset += len(raw)
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    table = pa.table(columns, names=[str(at) for at in range(len(columns))])
    for name in map(str, (1, 2, 3, 4, 5, 6, 7, 9, 10, 11)):
        at_ = table.schema.get_field_index(name)
        table = table.set_column(at_, name, table[name].dictionary_encode())
    return len(table)


def moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def machine() -> dict[str, Any]:
    import pyarrow as pa

    return {
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "pyarrow": pa.__version__,
    }


PEERS: dict[str, Callable[[Path], int]] = {"nginx": nginx_loop, "json": json_loop}

if __name__ == "__main__":
    main()
