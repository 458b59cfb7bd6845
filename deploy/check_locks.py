"""The locks hold what pyproject.toml asks for, within its ranges, and the development lock holds the other whole."""

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def pins(lock: str) -> dict[str, str]:
    lines = [line.split(" ")[0] for line in (ROOT / lock).read_text().splitlines() if line[:1].isalnum()]
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def complaints():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    wanted = [(run, "requirements.txt", one) for one in project["project"]["dependencies"]]
    wanted += [(dev, "requirements-dev.txt", one) for one in project["dependency-groups"]["dev"]]
    for locked, lock, text in wanted:
        requirement = Requirement(text)
        version = locked.get(canonicalize_name(requirement.name))
        if version is None:
            yield f"{lock} ne contient pas {requirement.name}."
        elif not requirement.specifier.contains(version, prereleases=True):
            yield f"{lock} fige {requirement.name} {version}, que pyproject.toml exclut ({requirement.specifier})."
    for name, version in run.items():
        if dev.get(name) != version:
            yield f"requirements-dev.txt ne fige pas {name} {version} comme requirements.txt."
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / lock).read_text()
        if "://" in text or "-index" in text or " /" in text:
            yield f"{lock} contient une adresse ou un chemin."


if __name__ == "__main__":
    found = list(complaints())
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit("Verrous à refaire : « make lock »." if found else 0)
