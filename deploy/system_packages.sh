#!/bin/bash
# What the site needs from the system. Silent when all is there; on Debian as root, installs what is missing;
# elsewhere, says what to type and fails. Usage: system_packages.sh [run|test]
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
purpose=${1:-run}
missing=()

library() { # library <soname> <Debian package>
    [[ $libraries == *"$1"* ]] || missing+=("$2")
}
command_of() { # command_of <Debian package> <one of these commands>…
    local package=$1 name
    shift
    for name in "$@"; do command -v "$name" > /dev/null && return; done
    missing+=("$package")
}

if [[ $(uname) == Darwin ]]; then
    libraries=$(ls "$(brew --prefix 2> /dev/null)/lib" 2> /dev/null || true)
    library libpango-1.0. pango
    install='brew install'
else
    # Drawing PDF files (WeasyPrint), and a font for what the site's own does not hold.
    libraries=$(ldconfig -p 2> /dev/null || true)
    library libpango-1.0.so.0 libpango-1.0-0
    library libpangoft2-1.0.so.0 libpangoft2-1.0-0
    library libharfbuzz-subset.so.0 libharfbuzz-subset0
    [[ -n $(find /usr/share/fonts -name 'DejaVuSans.ttf' -print -quit 2> /dev/null) ]] || missing+=(fonts-dejavu-core)
    # Debian gives Python without what makes a virtual environment.
    [[ -x .venv/bin/python ]] || python3 -c 'import ensurepip' 2> /dev/null || missing+=(python3-venv)
    if [[ $purpose == test ]]; then
        # The one without windows opens pages in a third of the time.
        command_of chromium-headless-shell chromium-headless-shell chromium chromium-browser google-chrome
        command_of poppler-utils pdfinfo
    fi
    install='sudo apt-get install -y --no-install-recommends'
fi
[[ ${#missing[@]} -gt 0 ]] || exit 0

if [[ $(id -u) == 0 && -e /etc/debian_version ]]; then
    echo "Installation des paquets du système : ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    if log=$(apt-get update 2>&1 && apt-get install -y --no-install-recommends "${missing[@]}" 2>&1); then exit 0; fi
    echo "$log" | tail -n 20 >&2
fi
echo "Il manque des paquets du système. Taper cette commande, puis recommencer :" >&2
echo "    $install ${missing[*]}" >&2
echo "(noms de Debian et d’Ubuntu ; ailleurs, les paquets équivalents)" >&2
exit 1
