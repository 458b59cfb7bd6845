"""The page where someone who was invited chooses a password."""

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from home import links
from home.public_forms import Limit, PublicForm, answer

from .invitations import PURPOSE, accept

LIMIT = Limit("invitation-password", 20, 3600)
TEMPLATE = "assemblies/invitation.html"


class PasswordForm(PublicForm):
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Le même, une seconde fois"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = " ".join(map(str, password_validators_help_texts()))

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean_again(self):
        if self.cleaned_data["again"] != self.cleaned_data.get("password", self.cleaned_data["again"]):
            raise ValidationError(_now("Ce n’est pas le même mot de passe."))
        return self.cleaned_data["again"]


@links.private
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request, token):
    """Following the link changes nothing; sending the form spends it."""
    link = links.find(PURPOSE, token)
    title = _("Votre invitation")
    if link is None or link.target.has_usable_password() or not link.target.is_active:
        spent = links.find_spent(PURPOSE, token) is not None or link is not None
        return render(request, TEMPLATE, {"title": title, "spent": spent}, status=200 if spent else 404)
    user = link.target

    def act(form):
        accepted = accept(token, form.cleaned_data["password"])
        if accepted is None:
            # Spent meanwhile, in another window.
            return request.path
        login(request, accepted)
        return reverse("wagtailadmin_home")

    form = PasswordForm(user, request.POST if request.method == "POST" else None)
    return answer(request, form, act, TEMPLATE, {"title": title, "account": user}, limit=LIMIT)
