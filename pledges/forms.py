from django import forms

from home.asking import TextField


class SigningForm(forms.Form):
    """What the address of a QR code carries. Nothing in it is an error: at worst, no commune is named."""

    commune = TextField()

    def typed(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("commune", "").strip()
