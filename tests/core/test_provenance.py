"""What goes beside a file that is handed out, read by hand and by the program that checks it."""

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from bot.core.commands import File
from bot.core.provenance import About, facts_about
from bot.core.report_model import Definition
from bot.reports.formats import exporters
from tests.about import checked
from tests.reports import made

WORDS = (Definition("posts", "Counted answers to a prompt."),)


@pytest.mark.parametrize("format_", exporters("https://bot.example"))
def test_it_says_as_of_when_over_what_and_by_which_definitions(format_: str) -> None:
    report = made.a_report()
    file = exporters("https://bot.example")[format_](report, "participation")
    content, beside = About(facts_about(report), report.definitions).with_it(file)
    assert content is file
    assert beside.name == f"{file.name}.about.txt"
    checked(beside.content, file.content)
    said = beside.content.decode()
    for words in (
        f"# File: {file.name}",
        f"# Course: {report.course}",
        "# As of: 2026-11-02 10:00:00-05:00",
        f"# Over: {report.window.words}",
        f"# Definitions: version {report.version}",
        f"# {report.definitions[-1].name}: {report.definitions[-1].sentence}",
    ):
        assert f"\n{words}" in f"\n{said}"
    assert not any(name in said for name in made.NAMES)


@pytest.mark.parametrize("name", ["grades.csv", "week 1.csv", "a\\b.csv", "=é.csv"])
def test_what_was_typed_breaks_no_line_and_the_checking_program_reads_it(
    tmp_path: Path, name: str
) -> None:
    title = f"History\n{'0' * 64}  grades.csv\r\u2028# more"
    file = File(name, "text/csv", b"a,b\n")
    beside = About((("Course", title),), WORDS).beside(file)
    assert f"# Course: History {'0' * 64} grades.csv # more\n" in beside.content.decode()
    assert sha256(file.content).hexdigest() in beside.content.decode()
    program = shutil.which("sha256sum")
    if program is None:  # Debian, and so CI, has it; macOS and Windows have not
        pytest.skip("sha256sum is not on this computer")
    for one in (file, beside):
        (tmp_path / one.name).write_bytes(one.content)
    said = subprocess.run(
        [program, "--check", "--strict", beside.name], cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.endswith("OK\n")
    (tmp_path / name).write_bytes(b"a,c\n")
    failed = subprocess.run(
        [program, "-c", beside.name], cwd=tmp_path, check=False, capture_output=True
    )
    assert failed.returncode == 1
