"""Independent streams of chance for the parts of one case."""

import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Chance:
    """All chance of a case: equal seeds give equal cases, and no part disturbs another."""

    seed: int
    kind: str
    attempt: int = 0

    def stream(self, name: str) -> np.random.Generator:
        """Return the stream of this name, always from its beginning."""
        words = (zlib.crc32(self.kind.encode()), zlib.crc32(name.encode()), self.attempt)
        return np.random.default_rng([abs(self.seed), *words, self.seed < 0])
