#!/bin/bash
# Rebuilds the two locks from pyproject.toml, hashes included, without any address or path of this machine in them.
# What is locked stays at its version unless a range forbids it; UPGRADE=1 takes the newest of each.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"${PYTHON:-python3.11}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pip-tools
cp pyproject.toml "$folder/"
[[ ${UPGRADE:-} ]] || cp requirements.txt requirements-dev.txt "$folder/"
(
    cd "$folder"
    compile=(venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header
        --no-emit-index-url --no-emit-options --no-emit-find-links --no-emit-trusted-host)
    "${compile[@]}" --output-file requirements.txt pyproject.toml
    venv/bin/python -c '
import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")' > dev.in
    "${compile[@]}" --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml dev.in
)
cp "$folder"/requirements.txt "$folder"/requirements-dev.txt .
