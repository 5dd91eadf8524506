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
# # From incident to report
#
# A report leaves the team, and is read by people who were not there. It names nobody, quotes the
# lines that it rests on, and can be checked later, by others, against the very same bytes.

# %%
# %matplotlib inline
import os
import tempfile
from pathlib import Path

import authlogs as al

if Path.cwd().name == "notebooks":
    os.chdir("..")
folder = Path(tempfile.mkdtemp())
logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
found = al.investigate(al.pseudonymise(logs), display_zone="America/Bogota")
found

# %% [markdown]
# ## Written whole
#
# One page without any reference to the outside, Markdown for the wiki, tables for spreadsheets, and
# lines for Timesketch. On the command line it is `authlogs report PATH --out DIR`.

# %%
out = folder / "report"
files = al.write_report(found, out, logs=logs, formats=("html", "md", "json", "csv", "timesketch"))
for file in files:
    print(f"{file.relative_to(out).as_posix():<26}{file.stat().st_size:>9,} bytes")

# %% [markdown]
# ## The lines behind a finding
#
# Each is quoted with its place and the hash of its original bytes. People and addresses bear
# pseudonyms, secrets are gone.

# %%
import pandas as pd

lines = pd.read_csv(out / "tables" / "lines.csv")
lines[["source_file", "line_no", "byte_offset", "byte_length", "behind"]].tail(6)

# %%
print(lines[lines["behind"] == "token lineage"]["text"].iloc[0])

# %% [markdown]
# ## Nothing was altered, or what was
#
# `manifest.json` holds the hash of every source and of every file of the report. Whoever keeps the
# hash of the manifest can tell later whether a single letter is another one.

# %%
from authlogs.report.folder import verify_report

print("altered:", dict(verify_report(out, logs="sample_logs/login-lockout")))
page = out / "report.md"
page.write_text(page.read_text().replace("web deploy 5.13.0", "database", 1))
print("altered:", dict(verify_report(out)))

# %% [markdown]
# `authlogs verify DIR --logs PATH` reads the logs again as well, and names the first place in the
# result that would be another one.

# %% [markdown]
# ## The figure for the slides

# %%
al.plot_timeline(found).figure
