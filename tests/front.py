"""A front server of our own: nginx on loopback, in a folder of its own, with the configuration that we ship."""

import contextlib
import shutil
import socket
import subprocess
import time
from pathlib import Path

from egm_cms import serve

ROOT = Path(__file__).resolve().parent.parent
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {archives}
        location /as-files/ {{ alias {kept}/; sendfile on; }}
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def nginx(folder: Path, upstream: int, kept: Path):
    """Gives its port. `upstream` is the site's, `kept` its folder of archives (also at `/as-files/`, to compare)."""
    folder.mkdir(parents=True)
    port = free_port()
    archives = (ROOT / "deploy" / "nginx_archives.conf").read_text().replace("/srv/communes/var/archives", str(kept))
    values = {"folder": folder, "port": port, "archives": archives, "upstream": upstream, "kept": kept}
    (folder / "nginx.conf").write_text(CONFIGURATION.format(**values))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield port
    finally:
        serve.end([process])


def wait_for(port, process, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"Nothing listens on port {port}: {process.args}")
