"""What is handed out: the wheel, in an empty environment outside the checkout, runs a class."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.programs import ROOT, environment, ran, serving

OFFLINE = re.compile(
    r"Failed to establish a new connection|Temporary failure in name resolution|ConnectTimeout"
    r"|Network is unreachable|NameResolutionError|Read timed out|ProxyError|No route to host"
    r"|Connection (?:refused|reset|aborted)",
    re.IGNORECASE,
)
INSTALLS_WITHIN = 240
REQUIREMENTS = ROOT / "requirements.txt"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")

HOUR = "Stakhanov cut 102 tons of coal in one hour."


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", made, ROOT],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (file,) = made.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, and what it asks for, and nothing else."""
    place = tmp_path_factory.mktemp("elsewhere") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True, timeout=60)
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    install = ["install", "--quiet", "--no-compile", "--retries", "1", "--constraint"]
    try:
        installed = subprocess.run(
            [*PIP, "--python", programs / "python", *install, REQUIREMENTS, wheel],
            capture_output=True,
            text=True,
            timeout=INSTALLS_WITHIN,
            check=False,
            cwd=place,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"the packages did not come within {INSTALLS_WITHIN} seconds")
    if installed.returncode != 0 and (reason := OFFLINE.search(installed.stderr)):
        pytest.skip(f"the packages can't be fetched here: {reason[0]}")
    assert installed.returncode == 0, installed.stderr
    return programs


def test_the_wheel_holds_what_runs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"bot", "prompts", "storage", "seeds"}
    assert not [
        name for name in names if "__pycache__" in name or name.endswith((".sqlite3", ".log"))
    ]
    there = {
        str(file.relative_to(ROOT).as_posix())
        for top in tops
        for file in (ROOT / top).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert {name for name in names if ".dist-info/" not in name} == there
    for needed in (
        "seeds/sample-class.yaml",
        "seeds/soviet-labor/facts.yaml",
        "seeds/soviet-labor/prompts/kulaks-and-shock-workers.md",
        "storage/migrations/env.py",
        "storage/migrations/versions/0001_first.py",
        "bot/py.typed",
    ):
        assert needed in names


def test_what_the_wheel_asks_for_is_pinned_in_the_requirements(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        metadata = archive.read(name).decode()
    asked = re.findall(r"^Requires-Dist: ([A-Za-z0-9._-]+)", metadata, re.MULTILINE)
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==", REQUIREMENTS.read_text("utf-8"), re.MULTILINE)
    assert asked
    assert {_plain(name) for name in asked} <= {_plain(name) for name in pinned}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_it_runs_a_class_outside_the_checkout(elsewhere: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    env = {k: v for k, v in environment(data).items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    coalface = elsewhere / "coalface"
    with serving(
        [coalface, "run", "--data", data, "--port", "0"], env=env, cwd=tmp_path
    ) as running:
        with urlopen(running.address, timeout=30) as page:  # noqa: S310 - our own address
            assert page.status == 200
            assert b"Coalface" in page.read()
        checked = ran([coalface, "db", "check", "--json"], env=env, cwd=tmp_path)
    assert running.code == 0
    assert "Coalface has stopped." in running.said
    assert (data / "coalface.sqlite3").exists()
    health = json.loads(checked.stdout)
    assert health["problems"] == []
    assert health["rows"]["messages"] >= 4, "the sample class was not played"

    listed = ran([coalface, "pack", "list", "--json"], env=env, cwd=tmp_path)
    assert [pack["id"] for pack in json.loads(listed.stdout)] == ["soviet-labor", "gettysburg"]
    cited = ran([coalface, "fact", "cite", "F8", "--json"], env=env, cwd=tmp_path)
    assert len(json.loads(cited.stdout)["citations"]) == 2
    checked = ran([coalface, "fact", "check", "--json", HOUR], env=env, cwd=tmp_path)
    assert [claim["verdict"] for claim in json.loads(checked.stdout)] == ["contradicts"]
    again = ran([elsewhere / "python", "-m", "bot", "report"], env=env, cwd=tmp_path)
    assert again.stdout.startswith(b"member,name,")
