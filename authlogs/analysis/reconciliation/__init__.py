"""A timeline that people wrote, held against what the logs say: read it, match it, judge it.

`passages` cuts a text into sentences with their lines, `times` and `days` read its clocks, `kinds`
tells what each sentence claims, `matching` finds the fact it means, `verdicts` holds one against
the other, `orders` and `figures` look at the whole.
"""
