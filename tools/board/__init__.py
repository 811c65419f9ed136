"""The scoreboard: every hack switched on and off on several workloads, by the protocol in evidence/README.md.

setups: what a run can choose. recipes, networks, steps: the Recipe that follows from it. workloads: data, contexts,
scores. hacks: what is switched, where, and where not. arms: every Setup that is trained, and what is compared.
runs: one run, from its Setup to its scores. rows: what was measured. costs: what a hack takes. results: the verdicts
that follow. pages, words, shown: what readers see of them.
"""

import os

# One thread a run: together, single-threaded processes are faster than one run on all cores. Before TensorFlow starts.
for _name in ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# By itself TensorFlow takes oneDNN's convolutions on newer processors alone; they were faster on an older one too, by
# tools/profile_step.py. Not in notebooks: for some networks it writes a line in red, of a rewriting that it gave up.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
