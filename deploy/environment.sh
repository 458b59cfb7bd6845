#!/bin/bash
# Makes .venv and installs a hashed lock in it; nothing when that lock is already the one installed.
# Usage: environment.sh requirements.txt | requirements-dev.txt
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1
# The stamps are copies of what was installed: dates of files say nothing after a change of branch.
stamps=.venv/locks

if ! .venv/bin/python -c '' 2> /dev/null; then
    for python in ${PYTHON:-python3.11 python3 python3.12 python3.13}; do
        "$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && break
        python=
    done
    if [[ -z $python ]]; then
        echo 'Il faut Python 3.11 (ou plus récent) avec venv : sudo apt-get install python3 python3-venv' >&2
        exit 1
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi

if ! cmp -s "$lock" "$stamps/$lock"; then
    echo 'Installation des bibliothèques Python (une à deux minutes la première fois)…'
    rm -rf "$stamps"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$lock"
    mkdir "$stamps"
    # The development lock holds all of the other, at the same versions (deploy/check_locks.py).
    [[ $lock == requirements.txt ]] || cp requirements.txt "$stamps/"
    cp "$lock" "$stamps/"
fi
