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
# # From incident to prevention
#
# Each postmortem of an authentication outage ends with the same four sentences: review the code,
# alert earlier, test the rollback, analyse it afterwards. Here each is measured on the sample.

# %%
# %matplotlib inline
import os
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib import dates

import authlogs as al

if Path.cwd().name == "notebooks":
    os.chdir("..")
folder = Path(tempfile.mkdtemp())
zone = "America/Bogota"
logs = al.pseudonymise(al.read("sample_logs/login-lockout", tz=zone, year=2024))
found = al.investigate(logs, display_zone=zone)
incident = found.incidents[0]
onset = pd.Timestamp(incident.onset).tz_convert(zone)
print(f"onset {onset:%H:%M:%S}; most supported: {incident.suspects[0].change.description}")

# %%
al.plot_phases(found).figure

# %% [markdown]
# ## Alert earlier
#
# Rules come from the incident's own signature, their thresholds from normal time alone. Four healthy
# weeks of the same service are simulated here; in earnest give logs, a store or a roll-up of yours.

# %%
from authlogs.simulation.healthy_counts import healthy_counts

healthy = healthy_counts(seed=1, days=28)
proposals = al.propose_alerts(found, history=healthy)
print("- alert" + proposals.to_yaml().split("- alert")[1])

# %% [markdown]
# Replayed over the incident and the normal time: what is gained against the alert that fired in
# truth (negative: it is later), and how many false alarms a week there are at most.

# %%
replay = al.replay_alerts(logs, proposals.rules, incidents=found.incidents, history=healthy)
told = replay.to_arrow().to_pandas()
told["gained_min"] = told["gained_s"] / 60
columns = ["alert", "kind", "after_onset_s", "gained_min", "false_alarms", "per_week_high"]
told[columns].round(2)

# %%
failed = al.search(logs, f"reason:{incident.signal.reason}").to_pandas()
times = failed["time"].dt.tz_convert(zone)
begin = onset.floor("min")
near = times[times.between(begin - timedelta(minutes=2), begin + timedelta(minutes=9))]
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
per_step = near.dt.floor("30s").value_counts().sort_index()
width = timedelta(seconds=30)
ax.bar(per_step.index, per_step, width=width, align="edge", color="0.75", linewidth=0)
first = told.loc[told["fired"].idxmin()]
marks = {"first proposed rule": first["fired"], "alert in truth": replay.fired_in_truth}
for (word, when), color in zip(marks.items(), ("#0072b2", "#d55e00"), strict=True):
    ax.axvline(when, color=color)
    ax.annotate(
        f"{word}, {pd.Timestamp(when).tz_convert(zone):%H:%M:%S}",
        (when, 1.02),
        xycoords=("data", "axes fraction"),
        color=color,
        ha="center",
    )
ax.set(ylabel="refused tokens in 30 s", xlabel=f"time of day, {zone}")
ax.xaxis.set_major_locator(dates.MinuteLocator(interval=2, tz=zone))
ax.xaxis.set_major_formatter(dates.DateFormatter("%H:%M", tz=zone))
ax.spines[["top", "right"]].set_visible(False)

# %% [markdown]
# `proposals.to_prometheus()` and `proposals.to_sigma()` write them for what you run. A short history
# is said to be short: with the sample alone this is what is known of false alarms.

# %%
for warning in al.replay_alerts(logs, proposals.rules, incidents=found.incidents).warnings:
    print(warning)

# %% [markdown]
# ## Test the rollback
#
# Did the traffic leave the bad build, on every host? Did new sign-ins get well? Is the tail that was
# seen the tail to be expected of the tokens that were out?

# %%
from authlogs.analysis.rollback.words import proof_lines

proof = al.prove_rollbacks(logs, found)[0]
print("\n".join(proof_lines(proof, zone)))

# %%
seen = proof.exposure.to_pandas()
seen["time"] = seen["time"].dt.tz_convert(zone).dt.tz_localize(None).dt.floor("5min")
by_build = seen.pivot_table(index="time", columns="version", values="events", aggfunc="sum")
share = by_build.fillna(0).div(by_build.sum(axis=1), axis=0)
figure, ax = plt.subplots(figsize=(8, 2.6), layout="constrained")
ax.stackplot(share.index, share.T.to_numpy(), labels=share.columns, colors=("0.8", "#d55e00"))
ax.set(ylabel="share of web traffic", xlabel=f"time of day, {zone}", ylim=(0, 1))
ax.margins(x=0)
ax.xaxis.set_major_formatter(dates.DateFormatter("%H:%M"))
legend = ax.legend(title="build", loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)

# %% [markdown]
# ## Stop the next one
#
# The same question before it is too late: `authlogs investigate --since … --fail-on suspect` is a gate
# for a delivery pipeline. Its bounds hold at every look, so it may look each minute.

# %%
import pyarrow.dataset as ds

from authlogs.analysis.gate.words import gate_lines

rollout = incident.suspects[0].change.time


def look(minutes):
    """Ask the gate as it would have been asked so many minutes into the rollout."""
    until = rollout + timedelta(minutes=minutes)
    events = ds.dataset(logs.dataset.to_table(filter=ds.field("time") < until))
    changes = logs.changes.filter(ds.field("time") < until)
    return al.check_rollout(al.Logs(events, changes, logs.rejects, logs.sources), rollout)


for minutes in range(1, 9):
    gate = look(minutes)
    print(f"{minutes} min after the rollout began: {gate.verdict}")
    if gate.verdict == "fail":
        break
print("\n".join(gate_lines(gate, zone)))

# %% [markdown]
# ## Is what we wrote down right?
#
# People write timelines late and tired. Each time and figure is held against the logs.

# %%
checked = al.reconcile("sample_logs/login-lockout/postmortem.md", found, tz=zone)
checked

# %% [markdown]
# ## What it cost
#
# In people and wishes to sign in, never in money. A few hours of normal time before the onset are
# little to say what would have been, and the basis says so; `history=` takes healthy days.

# %%
al.assess_impact(logs, found)[0]

# %% [markdown]
# ## Review the code
#
# Given the repository of the blamed service, the commits that the change brought are ranked by the
# words that they share with the failures. The sample has no code, so a small repository is made up
# here: twelve commits between the tags of the two builds, one of which wraps tokens anew.

# %%
repo = folder / "web"
CHORES = (
    "login form,banner,avatar,footer,metrics,translations,theme,help page,address book,cart,mail"
)


def git(*words):
    """Ask git as somebody who is nobody, on a fixed day."""
    who = ("-c", "user.name=Dev", "-c", "user.email=dev@acme.example", "-c", "commit.gpgsign=false")
    day = {"GIT_AUTHOR_DATE": "2024-05-03T09:00Z", "GIT_COMMITTER_DATE": "2024-05-03T09:00Z"}
    subprocess.run(["git", "-C", str(repo), *who, *words], check=True, env=os.environ | day)


def commit(path, text, subject):
    """Write one file and commit it."""
    (repo / path).parent.mkdir(parents=True, exist_ok=True)
    (repo / path).write_text(text)
    git("add", "--all")
    git("commit", "--quiet", "-m", subject)


repo.mkdir()
git("init", "--quiet")
commit("README.md", "the shop's web\n", "Start")
git("tag", "v5.12.0")
for number, chore in enumerate(CHORES.split(",")):
    name = chore.replace(" ", "_")
    commit(
        f"src/{name}.py", f"def {name}(page):\n    return page.draw('{chore}')\n", f"Tidy {chore}"
    )
    if number == 6:
        code = "def wrap(token, key):\n    return key.sign(token.header + token.payload)\n"
        commit("src/auth/provider_wrapper.py", code, "Authentication integration: wrap tokens")
git("tag", "v5.13.0")

# %%
ranked = al.suspect_code(logs, incident, repo=repo)
for place, one in enumerate(ranked.commits[:3], start=1):
    print(f"{place}. {one.subject}: likeness {one.likeness:.2f} ({', '.join(one.words) or 'none'})")
print(ranked.method)

# %% [markdown]
# ## Analyse it afterwards
#
# A postmortem template holds what was measured; an action item stands there only where a measurement
# supports it. What people must say is left to them.

# %%
from authlogs.report.postmortem import postmortem_template

text = postmortem_template(found)
print(text[text.index("## Phases") : text.index("## Who was alerted when")])
print(text[text.index("## Action items") :][:1_500])

# %% [markdown]
# Has it been seen before? Another incident, simulated, stands in for your store of earlier ones.

# %%
al.simulate("bad-token", folder / "before", seed=2, lines=8_000)
before = al.investigate(al.read(folder / "before", tz="UTC", year=2024))
print(al.compare_incidents(before, found))
