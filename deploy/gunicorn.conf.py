"""How gunicorn serves the site, on a laptop (`make run`) as behind a front server. Started in the project's folder."""

import gc
import os
import sys
from pathlib import Path

from gunicorn.glogging import Logger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from home.masking import TokenFilter, mask

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
# Two processes for two cores; threads, because much of the time is spent waiting (database, slow downloads). Many: a
# worker accepts more than it has threads for, and 8 slow downloads in one of 8 threads made a page wait for their end
# (18 s in benchmarks/kit_download.py). A thread is only made when it is needed.
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 24
# Loaded once before the fork: shared memory, and one RELEASE for all (settings/base.py).
preload_app = True
# No limit here: a query of 10,000 characters gets our own page, not a bare refusal. The front server sets one.
limit_request_line = 0
timeout = 120
graceful_timeout = 10
keepalive = 5
# The workers' sign of life is a file touched each second: in memory, where there is such a folder.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# The front server keeps the access log; on a laptop nobody reads one.
accesslog = None


class TokenlessLogger(Logger):
    """Should one be asked for (`--access-logfile -`), neither it nor the log of errors holds a token of a personal link."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in [*self.access_log.handlers, *self.error_log.handlers]:
            handler.addFilter(TokenFilter())

    def atoms(self, *args):
        return {name: mask(value) if isinstance(value, str) else value for name, value in super().atoms(*args).items()}


logger_class = TokenlessLogger
loglevel = "warning"
control_socket_disable = True


def when_ready(server):
    """Before the fork: what every worker would load for itself. No connection may be shared by two processes."""
    from django.db import connections

    try:
        from territory.lookup import find_communes

        find_communes("Toulouse")
    except Exception:  # a database away for a moment: each worker will load it at its first use
        server.log.warning("Communes not loaded before the fork", exc_info=True)
    for connection in connections.all():
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    # What is loaded now stays: not looking through it again keeps its memory shared with the workers.
    gc.collect()
    gc.freeze()
