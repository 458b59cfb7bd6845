import hashlib
import zlib

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from ..extraction import text_of
from ..photos import without_metadata
from ..search import FoldedAutocompleteField, FoldedSearchField


class CustomImage(AbstractImage):
    """A picture with its credit. What the camera recorded (place, date, device) is removed when it is stored."""

    credit = models.CharField(
        _("crédit"),
        max_length=200,
        blank=True,
        help_text=_(
            "Auteur·rice et licence, par exemple « Photo : Ville de Lille, CC BY-SA 4.0 ». Imprimé sous l’image."
        ),
    )
    consent = models.CharField(
        _("personnes reconnaissables"),
        max_length=20,
        default="none",
        choices=[
            ("none", _("Personne n’est reconnaissable")),
            ("recorded", _("Les personnes reconnaissables ont donné leur accord par écrit")),
        ],
        help_text=_(
            "Aucune personne aidée ne doit pouvoir être reconnue sans son accord écrit, gardé par l’assemblée."
        ),
    )

    # No free tags: they are shared by everyone, and tell of what others keep to themselves.
    admin_form_fields = (*(name for name in Image.admin_form_fields if name != "tags"), "credit", "consent")
    search_fields = [*AbstractImage.search_fields, FoldedSearchField("credit"), FoldedAutocompleteField("title")]

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            name = self.file.name
            cleaned = without_metadata(self.file)
            if cleaned is not None:
                self.file = ContentFile(cleaned, name=name)
                self._set_image_file_metadata()
        super().save(*args, **kwargs)

    @property
    def default_alt_text(self):
        # A title is most often a file name: no text alternative is better than a wrong one.
        return self.description


class CustomRendition(AbstractRendition):
    image = models.ForeignKey(CustomImage, on_delete=models.CASCADE, related_name="renditions")

    def get_upload_to(self, filename):
        # Another picture under the same file name must have another address: readers keep this one for a year.
        return super().get_upload_to(f"{self.image.get_file_hash()[:10]}-{filename}")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="unique_rendition")
        ]


class CustomDocument(AbstractDocument):
    """A file of the library, with what archives and search need to know of it without opening it again."""

    sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    crc32 = models.PositiveBigIntegerField(null=True, editable=False)
    text = models.TextField(_("texte"), blank=True, editable=False)

    admin_form_fields = tuple(name for name in Document.admin_form_fields if name != "tags")
    search_fields = [*AbstractDocument.search_fields, FoldedSearchField("text"), FoldedAutocompleteField("title")]

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_document", "Can choose document")]

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            self._read_new_file()
        super().save(*args, **kwargs)

    def _read_new_file(self):
        digest, crc = hashlib.sha256(), 0
        self.file.seek(0)
        for chunk in self.file.chunks():
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
        self.sha256, self.crc32 = digest.hexdigest(), crc
        self._set_document_file_metadata()
        self.text = text_of(self.file, self.file_extension)
        self.file.seek(0)

    @property
    def is_scan_without_text(self):
        return self.file_extension.lower() == "pdf" and not self.text.strip()
