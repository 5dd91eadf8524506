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
# # Who locked us out on 3 May 2024?
#
# A morning of failing logins at a company in Bogotá. The responders first blamed the gateway, which
# reported the errors, and then the database, which had been slow. Neither did it. This notebook
# goes from the raw logs to the answer, and every number in it comes from the files in
# `sample_logs/login-lockout`.

# %%
# %matplotlib inline
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import authlogs as al

if Path.cwd().name == "notebooks":
    os.chdir("..")
logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)

# %% [markdown]
# ## What was read, and what was not
#
# Before any verdict: `lines + unpacked = events + changes + filtered + rejected + joined + blank +
# comments`, for every file. Some logs name no zone and some no year; both were given above, since
# they are never guessed.

# %%
counts = ["lines", "unpacked", "events", "changes", "rejected", "joined", "blank", "comments"]
logs.sources.select(["source_file", "format", "zone", *counts]).to_pandas()

# %%
logs.rejects.to_pandas().groupby("reason", observed=True).size().rename("lines").to_frame()

# %% [markdown]
# ## Where it hurts
#
# People who fail, by reason, an hour a row. One reason appears out of nothing and goes again:
# tokens whose signature is refused.

# %%
hours = al.rollup(logs, "1h", by=["outcome", "reason"]).to_pandas()
failed = hours[(hours["outcome"] == "failure") & hours["reason"].notna()]
failed.pivot_table(
    index=failed["time"].dt.tz_convert("America/Bogota").dt.strftime("%H:%M %z"),
    columns="reason",
    values="people",
    aggfunc="sum",
    observed=True,
).fillna(0).astype(int)

# %% [markdown]
# ## What happened to the system that day
#
# Everything that people did, in order. "The latest change before the errors" and "a change to the
# service that reports the errors" are both in this list, and both are wrong.

# %%
changes = logs.changes.to_pandas()
changes["local"] = changes["time"].dt.tz_convert("America/Bogota").dt.strftime("%d %b %H:%M:%S %z")
shown = ["local", "change_type", "service", "version", "status", "description"]
changes.sort_values("time")[shown]

# %% [markdown]
# ## The answer
#
# Every theory is weighed against every other, "no recorded change" among them.

# %%
found = al.investigate(logs, display_zone="America/Bogota")
found

# %%
incident = found.incidents[0]
for suspect in incident.suspects[:5]:
    change = suspect.change
    name = f"{change.service} {change.change_type} {change.version or ''}"
    print(f"{suspect.probability:7.2%}  {name}")
for theory in incident.theories:
    print(f"{theory.probability:7.2%}  {theory.name}: {theory.verdict}, {theory.statement}")

# %% [markdown]
# ### Why the first suspect

# %%
for finding in incident.suspects[0].evidence[:3]:
    print(f"[{finding.direction}] {finding.statement}")
    print("   rows:", ", ".join(finding.rows[:3]))

# %% [markdown]
# ## The picture
#
# Issuing stays well while first use fails: the tokens are made, and are bad. The bottom strip shows
# who made them. Failures go on after the rollback for as long as bad tokens live.

# %%
al.plot_timeline(found).figure

# %% [markdown]
# ## Who was hit, and how long it took

# %%
impact, phases = incident.impact, incident.phases
print(f"{impact.users_affected} of {impact.users_attempting} people")
print(f"{impact.rejected_tokens} tokens rejected")
for name in ("detected", "acknowledged", "mitigated", "resolved"):
    when = getattr(phases, name).astimezone(ZoneInfo("America/Bogota"))
    minutes = (when - incident.onset).total_seconds() / 60
    print(f"{name:<13}{when:%H:%M:%S %z}, {minutes:5.0f} min in")
print(f"tail: failures for {phases.tail_s / 60:.0f} minutes after the rollback ended")

# %% [markdown]
# ## What could not be checked

# %%
for warning in found.warnings:
    print("-", warning)
