"""TF-IDF and the cosine: how alike the words of a commit are to those of an incident.

G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval" (Information
Processing & Management 24, 1988): 1 + ln tf, times ln(N / df), lengths normalised.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

MOST_REASONS = 6
FLOOR = 0.35
"""Long changes are not punished fully for their length: guilt can hide in a large commit."""


def alike(
    documents: Sequence[Mapping[str, float]], wanted: Mapping[str, float]
) -> list[tuple[float, tuple[str, ...]]]:
    """Return for each document its likeness to the wanted words, and the words that made it."""
    spread = Counter(word for document in documents for word in document)
    count = len(documents)
    rare = {word: math.log((count + 1) / (times + 0.5)) for word, times in spread.items()}
    query = {word: weight * rare[word] for word, weight in wanted.items() if word in rare}
    length = math.sqrt(sum(value * value for value in query.values())) or 1.0
    typical = sorted(_length(document, rare) for document in documents)
    middle = typical[count // 2] if typical else 1.0
    return [_likeness(document, query, rare, length, middle) for document in documents]


def _likeness(
    document: Mapping[str, float],
    query: Mapping[str, float],
    rare: Mapping[str, float],
    length: float,
    middle: float,
) -> tuple[float, tuple[str, ...]]:
    parts = {
        word: (1.0 + math.log(document[word])) * rare[word] * weight
        for word, weight in query.items()
        if document.get(word, 0.0) > 0
    }
    own = FLOOR * _length(document, rare) + (1.0 - FLOOR) * middle
    total = sum(parts.values()) / (length * own) if own else 0.0
    reasons = sorted(parts, key=lambda word: (-parts[word], word))[:MOST_REASONS]
    return total, tuple(reasons)


def _length(document: Mapping[str, float], rare: Mapping[str, float]) -> float:
    total = sum(((1.0 + math.log(n)) * rare[word]) ** 2 for word, n in document.items() if n > 0)
    return math.sqrt(total)
