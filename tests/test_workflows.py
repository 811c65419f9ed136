"""The workflows: nothing in them can change without a commit here, and none has more rights than it needs."""

import re

import pytest

from tools.build import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    assert [line for line in lines if not re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+(\.\d+)+$", line)] == []


def test_only_the_job_that_publishes_may_ask_for_an_identity():
    granted = {path.stem: path.read_text(encoding="utf-8").count("id-token: write") for path in WORKFLOWS}
    assert granted == {"release": 1, "test": 0}
    publishing = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8").split("\n  publish:\n")[1]
    assert "id-token: write" in publishing and "run:" not in publishing, "no line of ours runs with it"
