"""The réserve électorale (code électoral, article L49), kept where a page becomes public.

From the eve of a vote to the close of the polls nothing new is published about an election: what is approved then waits,
as one of Wagtail's scheduled revisions, and what is online stays as it is. A cancellation passes, and so does a page that
is taken down.

Every way that Wagtail has to publish (the editor's button, a workflow, a bulk action, a schedule, the API) makes the page
of a revision with `with_content_json`, then saves it live. The first is told when the page may appear; the second refuses
whatever else would put something new online.
"""

import logging

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from wagtail.locks import BasicLock, ScheduledForPublishLock

from territory.models import Election

from ..hours import moment_words

logger = logging.getLogger(__name__)


class ReserveError(ValidationError):
    """Something new would be online during the réserve."""


class UnderReserve:
    """Mixin of a page with `election` (None: no réserve), `departement_code`, `zone` and `is_cancelled`."""

    # What readers see of it, beside the fields of the page's own model.
    READ_BY_ALL = ("title", "slug", "seo_title", "search_description")
    # Fields of the model that say nothing of its content.
    NOT_CONTENT = ()
    # What a cancellation may change while the rest waits.
    OF_A_CANCELLATION = ("status", "status_note")

    # --- The rule ---------------------------------------------------------------------------------------------------
    def reserve_end(self, at=None):
        """When the réserve that holds this page at a moment (now) ends; None where there is none."""
        if self.election_id is None:
            return None
        end, at = None, at or timezone.now()
        # A partial election may take over where a general one ends.
        while round_ := Election.objects.reserve_at(at, self.departement_code):
            end = at = round_.reserve(self.departement_code)[1]
        return end

    def held_until(self, online=None):
        """Until when this content waits, beside what is `online` of the page; None if it may appear at its time.

        What is online counts too: taking its election away, or moving it elsewhere, is no way out.
        """
        if online is not None and self.is_cancelled and not online.is_cancelled:
            return None
        now = timezone.now()
        at = max(now, self.go_live_at or now)
        ends = [page.reserve_end(at) for page in (self, online) if page is not None]
        return max((end for end in ends if end), default=None)

    def online_row(self):
        """The page as it is in the database, if it is public there."""
        return type(self).objects.filter(pk=self.pk, live=True).first() if self.pk else None

    @property
    def waits_until(self):
        """The end of the réserve for which an approved version of this page waits; None when none does."""
        waiting = self.scheduled_revision
        if waiting is None:
            return None
        page = waiting.as_object()
        page.go_live_at = page.typed_go_live_at
        end = page.held_until(page.online_row())
        return end if end and waiting.approved_go_live_at >= end else None

    @property
    def waiting_words(self):
        """« dimanche 22 mars 2026 à 20 h », by the clock of the place; empty when nothing waits."""
        end = self.waits_until
        return moment_words(end.astimezone(self.zone)) if end else ""

    # --- Where Wagtail makes the page that it publishes ---------------------------------------------------------------
    def with_content_json(self, content):
        page = super().with_content_json(content)
        page.typed_go_live_at = page.go_live_at
        online = page.online_row()
        end = page.held_until(online)
        if end:
            page.go_live_at = max(end, page.go_live_at or end)
            if online is not None:
                # Without it, Wagtail takes down what is online while the new version waits.
                page.live_revision_id = online.live_revision_id or page.latest_revision_id
        elif online is not None and page.is_cancelled and page.reserve_end():
            page.go_live_at = None
        return page

    def get_latest_revision_as_object(self):
        """For the editor's form: with the hour that was typed."""
        page = super().get_latest_revision_as_object()
        page.go_live_at = getattr(page, "typed_go_live_at", page.go_live_at)
        return page

    def publish(self, revision, *args, log_action=True, **kwargs):
        try:
            return super().publish(revision, *args, log_action=log_action, **kwargs)
        except ValidationError:
            if log_action != "wagtail.publish.scheduled":
                raise
            # It was valid when it was approved (an election has moved since): those that come after it must not wait.
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            logger.warning("No longer valid at its hour, back to draft: page %s", self.pk)
            return None

    def get_lock(self):
        """A version that waits closes nothing: the page can still be cancelled or corrected."""
        lock = super().get_lock()
        if isinstance(lock, ScheduledForPublishLock):
            return BasicLock(self) if self.locked else None
        return lock

    # --- Where it is written ------------------------------------------------------------------------------------------
    def save(self, *args, **kwargs):
        written = kwargs.get("update_fields")
        if self.live and (written is None or {"live", *self.content_names()} & set(written)):
            self.keep_to_reserve()
        return super().save(*args, **kwargs)

    def keep_to_reserve(self):
        """Before a page is written live: nothing new, but a cancellation, is online during the réserve."""
        online = self.online_row()
        end = self.held_until(online)
        if online is None:
            if end:
                # A copy, an alias, a page made live by a script: a draft, which is then published like any other.
                self.live, self.has_unpublished_changes, self.live_revision = False, True, None
            return
        if end is None:
            if self.is_cancelled and not online.is_cancelled and (self.reserve_end() or online.reserve_end()):
                self.keep_online(online)
            return
        if self.content_values() != online.content_values():
            raise ReserveError(
                _now("Réserve électorale : rien de nouveau ne paraît avant %s.")
                % moment_words(end.astimezone(self.zone))
            )

    def keep_online(self, online):
        """Of a cancellation, only the words of it pass; the other changes stay a draft."""
        others = [name for name in self.content_names() if name not in self.OF_A_CANCELLATION]
        mine, theirs = self.content_values(), online.content_values()
        for name in others:
            if mine[name] != theirs[name]:
                attname = self._meta.get_field(name).attname
                setattr(self, attname, getattr(online, attname))
                self.has_unpublished_changes = True

    @classmethod
    def content_names(cls) -> list[str]:
        own = (field for field in cls._meta.local_concrete_fields if not _is_parent_link(field))
        return [*cls.READ_BY_ALL, *(field.name for field in own if field.name not in cls.NOT_CONTENT)]

    def content_values(self) -> dict:
        return {name: self._meta.get_field(name).value_to_string(self) for name in self.content_names()}

    # --- Where it is typed --------------------------------------------------------------------------------------------
    def reserve_broken(self, starts_at, ends_at) -> str:
        """Why a meeting about an election may not be held then (L49); empty if it may."""
        if self.election_id is None or starts_at is None:
            return ""
        for round_ in self.election.rounds.select_related("election").prefetch_related("hours"):
            start, end = round_.reserve(self.departement_code)
            # A meeting that ends at midnight of the eve is over when the réserve starts.
            within = starts_at < end and (starts_at >= start or (ends_at or starts_at) > start)
            if within and round_.concerns(self.departement_code):
                return _now(
                    "Le code électoral (article L49) interdit les réunions électorales du %(start)s au %(end)s, fermeture des "
                    "bureaux de vote : choisir un autre moment."
                ) % {
                    "start": moment_words(start.astimezone(self.zone)),
                    "end": moment_words(end.astimezone(self.zone)),
                }
        return ""


def _is_parent_link(field) -> bool:
    return isinstance(field, models.OneToOneField) and field.remote_field.parent_link
