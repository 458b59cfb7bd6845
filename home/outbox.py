"""Mail that arrives. Whatever the site writes is first a row, in the transaction of what it speaks of; `manage.py work`
sends it, again and again until the server takes it. So a mail server that hangs slows no page, and what is undone is not
announced.

Nothing is lost, and a worker killed between sending and noting sends one mail twice, with the same Message-ID: over SMTP
nobody can do better.
"""

import copy
import logging
import smtplib
import textwrap
import time
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext as _

from . import jobs
from .models import OutgoingMail, SiteSettings
from .transport import StoredMessage

logger = logging.getLogger(__name__)
# Other jobs wait meanwhile, and so does whoever stops the site: what is left goes at the next round.
ROUND_SECONDS = 5
LINE = 76


class QueueBackend(BaseEmailBackend):
    """Django's way to our queue: its own mails (passwords) and Wagtail's (workflow) take it too."""

    def send_messages(self, messages) -> int:
        with transaction.atomic():
            for message in messages:
                queue(message)
        return len(messages)


def queue(message: EmailMessage):
    """Keep a mail, to be sent once the present transaction is committed. Raises `BadHeaderError`."""
    for recipient in message.recipients():
        one = copy.copy(message)
        # Ours: Django's asks the network for the name of this machine.
        message_id = make_msgid(domain=urlsplit(settings.BASE_URL).hostname)
        one.extra_headers = {"Auto-Submitted": "auto-generated", **message.extra_headers, "Message-ID": message_id}
        OutgoingMail.objects.create(
            message_id=message_id,
            recipient=recipient,
            sender=message.from_email,
            subject=str(message.subject)[:255],
            content=one.message().as_bytes(),
        )


def write(template: str, to, context: dict, *, reply_to=(), headers=None):
    """Render `templates/mail/<template>.txt` and queue it to one address or several.

    The template extends `mail/base.txt`: its first line is « Objet : … », then a blank line, then plain text.
    """
    words = SiteSettings.objects.filter(site__is_default_site=True).first() or SiteSettings()
    values = {"words": words, "base_url": settings.BASE_URL, **context}
    # Plain text: nothing is escaped, whatever the template says.
    text = get_template(f"mail/{template}.txt").template.render(Context(values, autoescape=False))
    first, _newline, body = text.lstrip().partition("\n")
    label, _colon, subject = first.partition(":")
    if label.strip() != "Objet":
        raise ValueError(f"mail/{template}.txt does not begin with « Objet : … »")
    queue(
        EmailMessage(
            # Whatever a visitor typed stands on that one line.
            subject=" ".join(subject.split()),
            body=wrapped(body),
            to=[to] if isinstance(to, str) else list(to),
            reply_to=list(reply_to),
            headers=headers,
        )
    )


def wrapped(text: str) -> str:
    """Lines of at most 76 columns; an address is never cut."""
    lines = []
    for line in text.strip().splitlines():
        if len(line) <= LINE:
            lines.append(line)
        else:
            indent = " " * (len(line) - len(line.lstrip()))
            lines += textwrap.wrap(line, LINE, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent)
    return "\n".join(lines) + "\n"


# --- Sending ----------------------------------------------------------------------------------------------------------
def send_due():
    """One round: what is due, over one connection, until all is sent, the server fails or the time is up."""
    end = time.monotonic() + ROUND_SECONDS
    transport = get_connection(settings.MAIL_TRANSPORT)
    try:
        # Read one by one: none is held in memory while it waits.
        while time.monotonic() < end:
            now = timezone.now()
            mail = OutgoingMail.objects.due(now).first()
            if mail is None:
                return
            if OutgoingMail.objects.claim(mail, now) and not _send(mail, transport):
                return
    finally:
        _close(transport)


def _send(mail, transport) -> bool:
    """Send a claimed mail and note what came of it. False when the server fails: the others need not try."""
    try:
        transport.open()
        transport.send_messages([StoredMessage(mail)])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        code, words = _answer(error)
        # Of the sender, it is for us to mend: the mail stays.
        for_good = code >= 500 and not isinstance(error, smtplib.SMTPSenderRefused)
        mail.note_failure(_reason(error, code, words), for_good=for_good)
        logger.warning("Mail %s refused (%s)", mail.pk, code)
        return code != 421
    except smtplib.SMTPNotSupportedError as error:
        mail.note_failure(_("Le serveur de courrier n’accepte pas cette adresse : %s") % error)
        return True
    except OSError as error:
        # Every other error of smtplib is one of these: it does not answer, or not to us (a wrong password).
        said = " ".join(map(str, _answer(error))) if isinstance(error, smtplib.SMTPResponseException) else error
        mail.note_failure(_("Le serveur de courrier ne répond pas comme il faut : %s") % said)
        logger.warning("The mail server fails: %s", type(error).__name__)
        return False
    except ValueError as error:
        mail.note_failure(_("Ce courriel est mal formé : %s") % error, for_good=True)
        logger.exception("Mail %s cannot be sent", mail.pk)
        return True
    mail.note_sent()
    return True


def _answer(error) -> tuple[int, str]:
    """The code and the words of the server."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    else:
        code, words = error.smtp_code, error.smtp_error
    return code, words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _reason(error, code, words) -> str:
    if isinstance(error, smtplib.SMTPSenderRefused):
        said = _("Le serveur refuse notre adresse d’expédition (%(code)s : %(words)s).")
    elif isinstance(error, smtplib.SMTPDataError):
        said = _("Le serveur refuse ce message (%(code)s : %(words)s).")
    else:
        said = _("Le serveur refuse cette adresse (%(code)s : %(words)s).")
    return said % {"code": code, "words": words}


def _close(transport):
    try:
        transport.close()
    except OSError:
        logger.info("The mail server went away before we said goodbye")


def purge():
    """Forget what is of no more use, and say how many."""
    deleted, _rows = OutgoingMail.objects.past_keeping(timezone.now()).delete()
    if deleted:
        logger.warning("Purged: %s mails sent or given up long ago", deleted)


jobs.register("send mail", 5, send_due)
jobs.register("purge mail", 24 * 3600, purge)
