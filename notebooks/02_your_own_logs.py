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
# # Your own logs in ten minutes
#
# Put what you have into one folder: logs of the login page, the gateway, the database, and what
# tells of changes, such as an export of deployments or a table that somebody keeps. Nothing is to
# be renamed or converted. Here a simulated company plays yours; put your own folder in its place.

# %%
# %matplotlib inline
import os
import tempfile
from pathlib import Path

import authlogs as al

if Path.cwd().name == "notebooks":
    os.chdir("..")
folder = Path(tempfile.mkdtemp())
logs_at = folder / "ours"
al.simulate("validator", logs_at, seed=2, lines=4_000)
sorted(path.name for path in logs_at.iterdir())

# %% [markdown]
# ## Read everything, each file for what it is
#
# Where times name no zone, `read` refuses to guess and says which files they are of.

# %%
try:
    logs = al.read(logs_at)
except al.ZoneNeeded as missing:
    print(str(missing).replace(str(logs_at), "ours"))
    logs = al.read(logs_at, tz="UTC", year=2024)
logs

# %% [markdown]
# Every line is accounted for: `lines + unpacked = events + changes + filtered + rejected + joined +
# blank + comments`. What could not be read is kept with its reason, and is worth a look first.

# %%
print("every line accounted for:", logs.tally().holds)
rejects = logs.rejects.to_pandas()
rejects.groupby(["source_file", "reason"], observed=True).size().rename("records").to_frame()

# %% [markdown]
# ## The first look
#
# Six lines, for the first minutes.

# %%
print("\n".join(al.triage(logs_at, tz="UTC", year=2024).lines))

# %% [markdown]
# ## The whole investigation

# %%
found = al.investigate(logs, display_zone="UTC")
found

# %%
al.plot_timeline(found).figure

# %% [markdown]
# ## What it could not know
#
# A verdict is worth as much as what was read for it. These lines say what was missing.

# %%
for warning in found.warnings:
    print("-", warning)
print("-", found.calibration)
