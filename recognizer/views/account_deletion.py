"""The end of an account, with everything in it."""

import time

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from recognizer.batches import work
from recognizer.history.deletion import WITHIN_SECONDS, delete_pictures
from recognizer.models import Batch, Picture
from recognizer.owners import Owner
from recognizer.problems import problem_response, too_many_logins
from recognizer.throttling import LoginThrottle

SALT = "account-deletion"
CONFIRMED_FOR_SECONDS = 600
"""How long the password need not be given again while the pictures go, request by request."""


COUNT_DIGITS = 9
"""Of the number of pictures that went in the requests before; a longer one is not from this site's form."""


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
        if request.method != "POST":
            return render(request, "account/delete.html", {"form": PasswordForm(request.user)})
        throttle = LoginThrottle(request, request.user.get_username())
        if seconds := throttle.seconds_to_wait():
            return problem_response(request, too_many_logins(seconds))
        form = PasswordForm(request.user, request.POST)
        if not form.is_valid():
            return render(request, "account/delete.html", {"form": form}, status=400)
        throttle.forget_if_logged_in()
    owner = Owner(user=request.user)
    done = delete_pictures(Picture.objects.owned_by(owner), within_seconds=WITHIN_SECONDS)
    if not (done.is_all and _delete_batches(owner) and _delete_user(request.user)):
        return _show_progress(request, done.count)
    logout(request)
    messages.success(request, _("Your account is deleted, and everything in it."))
    response = redirect("draw")
    response["Clear-Site-Data"] = '"storage"'  # the drawing that was not read yet
    return response


def _delete_batches(owner: Owner) -> bool:
    """Delete the batches, with the folders in which their files waited; return whether there was time for all."""
    end = time.monotonic() + WITHIN_SECONDS
    for batch in Batch.objects.owned_by(owner):
        if time.monotonic() > end:
            return False
        work.forget(batch)
    return True


def _delete_user(user: AbstractBaseUser) -> bool:
    """Delete the account with what is left in it; return False, with nothing deleted, if something came meanwhile."""
    try:
        with transaction.atomic():
            for held in get_user_model()._default_manager.select_for_update().filter(pk=user.pk):
                held.delete()
    except IntegrityError:
        return False
    return True


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
        "deleted": deleted + (int(before) if before.isdecimal() and len(before) <= COUNT_DIGITS else 0),
    }
    return render(request, "account/deleting.html", context)
