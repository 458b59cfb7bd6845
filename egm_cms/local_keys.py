"""The key file of the embedded site: `python -m egm_cms.local_keys` writes what is missing in `var/local.env`.

`make run` calls it, so that a laptop needs no configuration. A server sets the same names in its environment instead.
Keys that exist are never changed: sessions and signed links depend on them.
"""

import os
import secrets
from pathlib import Path

VAR_DIR = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var")

DEFAULTS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": lambda: "127.0.0.1,localhost,[::1]",
    "HTTPS": lambda: "off",
}


def complete(path: Path) -> list[str]:
    """Add the missing keys to the file; return their names."""
    text = path.read_text() if path.exists() else "# Clés de ce poste, écrites par « make run ». Ne pas partager.\n"
    known = {line.split("=", 1)[0] for line in text.splitlines() if "=" in line and not line.startswith("#")}
    missing = [name for name in DEFAULTS if name not in known]
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        if text and not text.endswith("\n"):
            text += "\n"
        text += "".join(f"{name}={DEFAULTS[name]()}\n" for name in missing)
        # Written beside then renamed, so that a cut never leaves half a key file.
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(text)
        draft.replace(path)
    return missing


if __name__ == "__main__":
    complete(VAR_DIR / "local.env")
