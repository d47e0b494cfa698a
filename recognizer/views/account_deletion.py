"""The end of an account, with everything in it."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from recognizer.models import Picture
from recognizer.owners import Owner
from recognizer.deletion import WITHIN_SECONDS, delete_pictures

SALT = "account-deletion"
CONFIRMED_FOR_SECONDS = 600
"""How long the password need not be given again while the pictures go, request by request."""


class PasswordForm(forms.Form):
    """The password of the user who is logged in, to be sure that it is them."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: AbstractBaseUser, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password. Nothing was deleted."))
        return password


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@cache_control(private=True, no_store=True)
def delete_account(request: HttpRequest) -> HttpResponse:
    """Ask for the password, then delete the pictures in as many requests as it takes, and the account at last."""
    if _is_last_administrator(request.user):
        messages.error(request, _("You are the only administrator. Make another one first."))
        return redirect("account")
    if not _is_confirmed(request):
        form = PasswordForm(request.user, request.POST if request.method == "POST" else None)
        if not form.is_valid():
            status = 400 if form.errors else 200
            return render(request, "account/delete.html", {"form": form}, status=status)
    pictures = Picture.objects.owned_by(Owner(user=request.user))
    done = delete_pictures(pictures, within_seconds=WITHIN_SECONDS)
    if not done.is_all:
        return _show_progress(request, done.count)
    request.user.delete()
    logout(request)
    messages.success(request, _("Your account is deleted, and everything in it."))
    response = redirect("draw")
    response["Clear-Site-Data"] = '"storage"'  # the drawing that was not read yet
    return response


def _is_last_administrator(user: AbstractBaseUser) -> bool:
    others = get_user_model()._default_manager.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()


def _is_confirmed(request: HttpRequest) -> bool:
    """Say whether this request goes on with a deletion that this user confirmed by password a little while ago."""
    try:
        return signing.loads(request.POST.get("confirmation", ""), salt=SALT, max_age=CONFIRMED_FOR_SECONDS) == {
            "user": request.user.pk
        }
    except signing.BadSignature:
        return False


def _show_progress(request: HttpRequest, deleted: int) -> HttpResponse:
    before = request.POST.get("deleted", "")
    context = {
        "confirmation": signing.dumps({"user": request.user.pk}, salt=SALT),
        "deleted": deleted + (int(before) if before.isdecimal() else 0),
    }
    return render(request, "account/deleting.html", context)
