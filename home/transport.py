"""The last step of a mail: from a row of the outbox to a mail server, or to a folder where there is none."""

from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class _Bytes:
    """A MIME message as it was stored: the same bytes, hence the same Message-ID, at each attempt."""

    def __init__(self, content: bytes):
        self.content = content

    def as_bytes(self, unixfrom=False, linesep="\n") -> bytes:
        return self.content.replace(b"\n", linesep.encode())

    def get_charset(self):
        return None


class StoredMessage(EmailMessage):
    """What Django's backends send, made from a row."""

    def __init__(self, mail):
        self.content = bytes(mail.content)
        parsed = message_from_bytes(self.content)
        text = next((part for part in parsed.walk() if part.get_content_type() == "text/plain"), None)
        super().__init__(
            subject=str(make_header(decode_header(parsed.get("Subject", "")))),
            body=text.get_payload(decode=True).decode("utf-8", "replace") if text else "",
            from_email=mail.sender,
            to=[mail.recipient],
            headers=dict(parsed.items()),
        )

    def message(self):
        return _Bytes(self.content)


class FolderTransport(BaseEmailBackend):
    """Where no mail server is set: each mail is an `.eml` file, that any mail program opens."""

    def send_messages(self, messages) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            # The name of the file is that of the message: sent again after a cut, it is written over.
            name = message.extra_headers["Message-ID"].strip("<>").partition("@")[0]
            safe = "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in name)
            draft = folder / f"{safe}.new"
            draft.write_bytes(message.message().as_bytes())
            draft.replace(folder / f"{safe}.eml")
        return len(messages)
