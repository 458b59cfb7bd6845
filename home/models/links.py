import datetime

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

# A dead link still tells whoever follows it that what it asked is done: for a month.
KEEP_DEAD = datetime.timedelta(days=30)


class LinkQuerySet(models.QuerySet):
    def alive(self, now):
        """Neither used up, revoked nor out of date."""
        return self.filter(
            Q(single_use=False) | Q(used_at=None), Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None
        )

    def to(self, target):
        return self.filter(
            content_type=ContentType.objects.get_for_model(target, for_concrete_model=False), object_pk=str(target.pk)
        )

    def past_keeping(self, now):
        limit = now - KEEP_DEAD
        return self.filter(
            Q(expires_at__lt=limit) | Q(revoked_at__lt=limit) | Q(single_use=True, used_at__lt=limit),
        )


class Link(models.Model):
    """A link sent to one person. Only a digest of its token is here: whoever reads the database cannot follow it."""

    purpose = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_pk = models.CharField(max_length=64)
    target = GenericForeignKey("content_type", "object_pk", for_concrete_model=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    single_use = models.BooleanField(default=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["content_type", "object_pk", "purpose"], name="link_by_target")]

    def __str__(self):
        return f"{self.purpose} {self.pk}"
