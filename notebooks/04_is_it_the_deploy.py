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
# # Is it the deploy? Reading evidence
#
# Two simulated mornings look alike: a deploy, and a little later failing logins. In the first the
# deploy did it. In the second something outside broke, minutes after an innocent deploy. How is one
# told from the other?

# %%
# %matplotlib inline
import os
import tempfile
from pathlib import Path

import authlogs as al

if Path.cwd().name == "notebooks":
    os.chdir("..")
folder = Path(tempfile.mkdtemp())


def morning(kind, seed):
    """Simulate, read and investigate one incident whose cause is known."""
    al.simulate(kind, folder / kind, seed=seed, lines=12_000)
    logs = al.read(folder / kind, tz="UTC", year=2024)
    return al.investigate(al.pseudonymise(logs), display_zone="UTC")


guilty = morning("bad-token", seed=1)
innocent = morning("after-deploy", seed=1)

# %%
guilty

# %%
innocent

# %% [markdown]
# ## One question at a time
#
# A probability is the end of the story. The evidence is the story: each line is one question that
# was put to the logs. The natural logarithm of the Bayes factor tells how much an answer weighs: 2.3
# is ten to one, 4.6 a hundred to one, and below zero it speaks against.

# %%
guilty.incidents[0].suspects[0]

# %% [markdown]
# *Proximity* is what people go by, and it is weak: the second site changes something so often that a
# change lies as close before most minutes. Better questions are who fails, and when it ends: a bad
# build fails those whom it reached, and all are well again when it is taken back. Where no record
# tells whom a change reached, that question stays open, and the verdict may stay open too.

# %%
innocent.incidents[0].suspects[0]

# %% [markdown]
# ## What else it might be
#
# Theories compete with the deploys on equal terms, "no recorded change at all" among them.

# %%
for theory in sorted(innocent.incidents[0].theories, key=lambda theory: -theory.probability)[:4]:
    print(f"{theory.name}: {theory.probability:.1%}, {theory.verdict}; {theory.statement}")

# %% [markdown]
# ## Does it hang on what was assumed?
#
# The prior says how often changes cause incidents at all. If the verdict holds for 30 and for 70 per
# cent, it rests on the logs and not on the assumption.

# %%
for share, probability in guilty.incidents[0].suspects[0].by_change_share.items():
    print(f"where {share} of all incidents come from changes: {probability:.1%}")

# %%
al.plot_timeline(innocent).figure
