"""The forms of pages in the admin."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm


class BasePageForm(WagtailAdminPageForm):
    """Refuses an address that the site itself answers, at creation as on change: only the form knows the parent."""

    def _post_clean(self):
        # After the model's own cleaning, that already refuses it where the page has a place in the tree.
        super()._post_clean()
        if self.parent_page is None or self.has_error("slug"):
            return
        try:
            self.instance.refuse_reserved_slug(self.parent_page)
        except ValidationError as error:
            self.add_error(None, error)

    def is_valid(self):
        # Once the rows of the page (files, pieces of a kit) are known too.
        if not super().is_valid():
            return False
        if self._chooses_what_is_hidden():
            self.add_error(None, _now("Une page, une image ou un document choisi n’existe pas, ou n’est pas à vous."))
        return not self.errors

    def _chooses_what_is_hidden(self):
        # Only once the apps are loaded: models are read from there.
        from .choosing import references, refused

        rows = [row.instance for formset in self.formsets.values() for row in formset.forms]
        found = references(self.instance, *rows)
        if not refused(self.for_user, found, {}):
            return False
        # What a colleague with other rights has put there stays.
        stored = type(self.instance).objects.filter(pk=self.instance.pk).first()
        return refused(self.for_user, found, references(stored.get_latest_revision_as_object()) if stored else {})


class BasePageCopyForm(CopyForm):
    """The same refusal for a copy."""

    def clean(self):
        cleaned_data = super().clean()
        parent = cleaned_data.get("new_parent_page") or self.page.get_parent()
        try:
            self.page.specific_class(slug=cleaned_data.get("new_slug", "")).refuse_reserved_slug(parent)
        except ValidationError as error:
            self.add_error("new_slug", error.message_dict["slug"])
        return cleaned_data
