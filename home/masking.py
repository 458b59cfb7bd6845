"""Tokens never reach a log: an address that opens something is written there with « *** » in place of what opens it.

A rule on the shape, not a list of addresses to keep: whatever page takes a token tomorrow is covered. Imports nothing of
Django: the web server uses it too.
"""

import logging
import re

# Between slashes, or a value of the query: one of home/links.py (43 characters; more if a mail program glued something to
# it), or one of Django's for a new password. Long slugs, in lower case, stay legible.
_TOKEN = re.compile(
    r"""(?<=[/=])
    (?: [\w-]{43}(?![\w-])
      | (?=[\w-]*[A-Z])[\w-]{40,}
      | [a-z0-9]+-[0-9a-f]{32,64}(?![\w-])
    )""",
    re.VERBOSE | re.ASCII,
)


def mask(text: str) -> str:
    return _TOKEN.sub("***", text)


class TokenFilter(logging.Filter):
    """For the handlers of logs: the message loses its tokens, whoever wrote it."""

    def filter(self, record):
        message = record.getMessage()
        masked = mask(message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True
