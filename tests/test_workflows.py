"""The workflows: nothing in them can change without a commit here, and none has more rights than it needs."""

import re

import pytest
import yaml

import run
from tools.build import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    assert [line for line in lines if not re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+(\.\d+)+$", line)] == []


def test_rights_and_pythons_are_those_that_are_meant():
    test, release = (
        yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")) for name in ("test.yml", "release.yml")
    )
    assert test["permissions"] == {"contents": "read"} and release["permissions"] == {}
    assert not any("permissions" in job for job in test["jobs"].values())
    granted = {name: job.get("permissions") for name, job in release["jobs"].items()}
    assert granted == {"build": {"contents": "read"}, "publish": {"id-token": "write"}}
    pythons = [f"3.{minor}" for minor in range(run.OLDEST[1], run.NEWEST[1] + 1)]
    assert test["jobs"]["test"]["strategy"]["matrix"]["python"] == pythons


def test_the_job_that_publishes_runs_no_line_of_ours():
    publishing = (FOLDER / "release.yml").read_text(encoding="utf-8").split("\n  publish:\n")[1]
    assert "id-token: write" in publishing and "run:" not in publishing, "no line of ours runs with it"
