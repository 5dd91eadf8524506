"""The examples of docs/search.md, counted in plain Python over the raw files of the sample."""

import gzip
import ipaddress
import json
import re
from collections import Counter
from datetime import datetime, timedelta, timezone
from functools import cache

from places import SAMPLE

BOGOTA = timezone(timedelta(hours=-5))


@cache
def lines(name):
    """The lines of one file, what is no UTF-8 replaced."""
    data = gzip.decompress((SAMPLE / name).read_bytes())
    return data.decode(errors="replace").removesuffix("\n").split("\n")


@cache
def app():
    """The JSON objects of the web application."""
    told = []
    for line in lines("web-app.jsonl.gz"):
        try:
            told.append(json.loads(line))
        except ValueError:
            continue
    return told


def moment(text):
    """A time, or None for the 32nd of a month."""
    try:
        return datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return None


@cache
def gateway():
    """Lines of the gateway's token checks: their time and their pairs, up to the free text."""
    told = []
    for line in lines("gateway.log.gz"):
        found = re.match(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \w+ +gateway\.\S+ (.*)", line)
        if found:
            pairs = dict(re.findall(r"(?:^|\s)(\w+)=(\"[^\"]*\"|\S*)", found[2]))
            told.append((moment(found[1]), pairs, found[2]))
    return told


@cache
def access():
    """Requests: address, path, status."""
    shape = re.compile(r'(\S+) \S+ \S+ \[[^\]]+\] "(\w+) (\S+) [^"]*" (\d{3}) ')
    return [found.groups() for line in lines("web-access.log.gz") if (found := shape.match(line))]


def refused_signatures():
    since = datetime(2024, 5, 3, 9, 30)
    return len(
        [
            at
            for at, pairs, _ in gateway()
            if at and at >= since and pairs.get("outcome") == "failure"
            and pairs.get("reason") == "invalid_signature" and pairs.get("service") == "gateway"
        ]
    )  # fmt: skip


def keycloak_failures():
    errors = [line for line in lines("keycloak.log.gz") if 'type="LOGIN_ERROR"' in line]
    return len([line for line in errors if 'error="user_not_found"' not in line])


def resets():
    words = "connection reset by peer"
    logs = ("nginx-error.log.gz", "postgresql.log.gz", "gateway.log.gz", "web-app.jsonl.gz")
    return len([line for name in logs for line in lines(name) if words in line.lower()])


def mobile_logins_of_ana():
    return len(
        [
            told
            for told in app()
            if told.get("event") == "login" and told.get("client") in ("ios", "android")
            and str(told.get("user")).startswith("ana.")
        ]
    )  # fmt: skip


def knocks_on_ssh():
    """Lines of sshd that name an address of the network; a repeated message counts as often."""
    network = ipaddress.ip_network("192.0.2.0/24")
    knocks = 0
    for line in lines("auth.log.gz"):
        if " sshd[" not in line:
            continue
        found = re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", line.split(" sshd[")[1])
        if found and ipaddress.ip_address(found[-1]) in network:  # a user's name may forge others
            again = re.search(r"message repeated (\d+) times", line)
            knocks += int(again[1]) if again else 1
    return knocks


def server_errors():
    return len([status for *_, status in access() if status.startswith("5")])


def api_refusals():
    pages = ("/api/reports", "/api/session")
    return len(
        [path for _, _, path, status in access() if status == "401" and path.startswith(pages)]
    )


def slow_answers():
    return len([t for t in app() if t.get("service") == "web" and t.get("duration_ms", 0) > 200])


def first_bad_tokens():
    start, end = (datetime(2024, 5, 3, 9, m, tzinfo=BOGOTA) for m in (41, 45))
    issued = [
        told
        for told in app()
        if told.get("event") == "token_issue" and told.get("service_version") == "5.13.0"
    ]
    times = filter(None, (moment(told["timestamp"]) for told in issued))
    return len([at for at in times if start <= at < end])


def nameless_failures():
    return len(
        [
            pairs
            for _, pairs, _ in gateway()
            if pairs.get("outcome") == "failure"
            and pairs.get("service") == "gateway"
            and pairs.get("user") == "-"
        ]
    )


def refused_tokens():
    """Tokens whose first check failed, by the version of web that issued them."""
    issuers = {
        told["jti"]: told["service_version"]
        for told in app()
        if told.get("event") == "token_issue" and told.get("outcome") == "success"
    }
    first = {}
    for at, pairs, _ in gateway():
        if at and pairs.get("outcome") in ("success", "failure") and "jti" in pairs:
            key = (at, pairs["outcome"], pairs.get("reason"))
            first[pairs["jti"]] = min(first.get(pairs["jti"], key), key)
    refused = [
        jti
        for jti, (_, outcome, reason) in first.items()
        if (outcome, reason) == ("failure", "invalid_signature")
    ]
    return Counter(issuers[jti] for jti in refused if jti in issuers)
