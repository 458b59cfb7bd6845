"""The forms of pages in the admin."""

from django.core.exceptions import ValidationError
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
