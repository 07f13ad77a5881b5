"""What is installed is what is in the checkout: packs, pages, migrations and connectors, and no tests."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from what Git would give a user, without the network."""
    source = tmp_path_factory.mktemp("source")
    kept = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    )
    for name in kept.stdout.decode().split("\0"):
        if name and (REPOSITORY / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((REPOSITORY / name).read_bytes())
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "--quiet", "-w", folder]
    subprocess.run(build, cwd=source, check=True, timeout=120)
    return next(folder.glob("sidecue-*.whl"))


def test_wheel_has_every_file_of_the_packages_and_no_test(wheel):
    packaged = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {
        str(path.relative_to(REPOSITORY))
        for package in ("connectors", "manifest", "plugin", "rules")
        for path in (REPOSITORY / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
        if package != "connectors" or "fixtures" not in path.parts
        # the picture is the README's, not the program's
        if path.suffix != ".pyc" and path != REPOSITORY / "plugin" / "sidebar" / "sidebar.png"
    }

    assert wanted == packaged


def test_wheel_runs_away_from_the_checkout(wheel, tmp_path):
    place = tmp_path / "place"
    zipfile.ZipFile(wheel).extractall(place)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIDECUE_")}
    environment |= {"PYTHONPATH": str(place), "SIDECUE_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}
    for arguments in (["rules", "check"], ["connectors", "list"], ["db", "upgrade"], ["tenants", "list"]):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "plugin.cli", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
