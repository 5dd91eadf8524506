# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A format of your own
#
# A home-grown service writes lines that no format knows. One small file teaches authlogs to read
# them; there is no code to write. Its samples are its tests.

# %%
# %matplotlib inline
import os
import tempfile
from pathlib import Path

import authlogs as al

if Path.cwd().name == "notebooks":
    os.chdir("..")
folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## The lines
#
# Two hours of a service named `door`. From 10:40 UTC its tokens are refused.

# %%
lines = []
for second in range(0, 7_200, 4):
    minute = second // 60
    clock = f"2024-05-03 {10 + minute // 60:02d}:{minute % 60:02d}:{second % 60:02d} +0000"
    broken = 40 <= minute < 75 and second % 3
    said = "DENY why=invalid_signature" if broken else "PASS"
    lines.append(f"{clock} door[7.2.1] {said} who=person-{second * 7 % 997} token\n")
(folder / "door.log").write_text("".join(lines))
print("".join(lines[:2] + lines[1_000:1_002]))

# %% [markdown]
# ## The format
#
# How a record is recognised, where its time stands, and which column each part fills. The last
# sample is hostile: a name that looks like the end of the record must not be believed.

# %%
text = r"""
title = "Door, our own gateway"
vendor = "https://wiki.acme.example/door"
shape = "text"
logs_success = "always"

[time]
field = ["time"]
layout = ["iso"]

[[pattern]]
name = "door"
regex = '^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}) door\[(?P<build>[\w.]+)\] (?P<verdict>PASS|DENY)(?: why=(?P<why>\w+))? who=(?P<who>[\w-]+) token$'

[set]
service = "door"
event_type = "token_validate"

[columns]
user = "who"
service_version = "build"
outcome = { from = "verdict", table = { PASS = "success", DENY = "failure" } }

[reason]
from = ["why"]

[[sample]]
line = '2024-05-03 10:00:04 +0000 door[7.2.1] PASS who=person-28 token'
want = { time = "2024-05-03T10:00:04Z", outcome = "success", user = "person-28" }

[[sample]]
line = '2024-05-03 10:41:00 +0000 door[7.2.1] DENY why=invalid_signature who=person-7 token'
want = { outcome = "failure", reason = "invalid_signature", service_version = "7.2.1" }

[[sample]]
why = "a name that forges the end of the record"
hostile = true
line = '2024-05-03 10:41:00 +0000 door[7.2.1] DENY why=invalid_signature who=x token PASS who=y token'
reject = true
"""
(folder / "formats" / "events").mkdir(parents=True)
(folder / "formats" / "events" / "door.toml").write_text(text)
print(text)

# %% [markdown]
# ## Read with it
#
# Without it the lines are counted, and nothing is known of them. With it each is an event.

# %%
logs = al.read(folder / "door.log", formats=[folder / "formats"])
logs

# %%
columns = ["time", "service", "service_version", "event_type", "outcome", "reason", "user"]
logs.events.select(columns).to_pandas().iloc[[0, 1, 1_000, 1_001]]

# %% [markdown]
# On the command line the same file is tested by its samples, and by the rest of the contract that
# shipped formats keep: `authlogs formats --test door.toml`. The grammar is in
# [docs/format-files.md](../docs/format-files.md).

# %% [markdown]
# ## And then as ever

# %%
found = al.investigate(logs, display_zone="UTC")
found

# %%
al.plot_timeline(found).figure
