"""The scoreboard: every hack switched on and off on several workloads, by the protocol in evidence/README.md.

setups: what a run can choose, and its recipe. layers: parts of networks that no lab builds. steps: the two updates.
workloads: data, contexts, scores. hacks: what is switched, where, and where not. rows: what was measured.
runs: one run, and many of them in processes or on a cluster.
"""
