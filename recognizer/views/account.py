"""Accounts: sign up, and the page with the API tokens. Logging in and out is Django's own, by one door for all."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from knox.models import AuthToken, get_token_model

from recognizer.models import Batch, Picture


def login_to_account_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view that only takes POST: who logs in first goes on to the account, as a link cannot send a form."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(reverse("account"))

    return guarded


def claim_pictures(request: HttpRequest) -> None:
    """Give what was drawn before signing in to the user who did."""
    if request.visitor is None:
        return
    with transaction.atomic():
        for rows in (Batch.objects, Picture.objects):  # a worker that stores pictures of a batch locks it first
            rows.filter(visitor=request.visitor).update(visitor=None, user=request.user)


def _claim_and_welcome(request: HttpRequest) -> None:
    """Give the visitor's pictures to the user who has just signed in, and say so."""
    given = Picture.objects.filter(visitor=request.visitor).count() if request.visitor else 0
    claim_pictures(request)
    if given:
        text = ngettext(
            "Welcome, %(name)s. The picture of this browser is now in your account.",
            "Welcome, %(name)s. The %(n)s pictures of this browser are now in your account.",
            given,
        )
    else:
        text = _("Welcome, %(name)s.")
    messages.success(request, text % {"name": request.user.get_username(), "n": number_format(given)})


class ForgettingLogoutView(LogoutView):
    """Logs out and has the browser forget the drawing that was not read yet."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        messages.success(request, _("You are logged out; your pictures are kept in your account."))
        response["Clear-Site-Data"] = '"storage"'
        return response


class ClaimingLoginView(LoginView):
    """Logs in and takes the visitor's pictures along."""

    template_name = "account/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        _claim_and_welcome(self.request)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again, with the focus in the password, which has to be entered anew."""
        if form.data.get("username"):
            del form.fields["username"].widget.attrs["autofocus"]
            form.fields["password"].widget.attrs["autofocus"] = True
        return super().form_invalid(form)


class SignUpForm(UserCreationForm):
    """A name and a password twice; what is wrong with the password is told where it was first entered."""

    def validate_password_for_user(self, user: AbstractBaseUser, password_field_name: str = "password1") -> None:
        super().validate_password_for_user(user, password_field_name)


@require_safe
def staff_login(request: HttpRequest) -> HttpResponse:
    """Stand in for the login of the admin: the site has one, which takes the visitor's pictures along."""
    admin_index = reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next") or admin_index)
    if not request.user.is_staff:
        raise PermissionDenied
    wanted = request.GET.get("next", "")
    is_here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if is_here else admin_index)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """Create an account and log in to it."""
    if request.user.is_authenticated:
        return redirect("account")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (user := _saved(form)):
        login(request, user, settings.AUTHENTICATION_BACKENDS[0])
        _claim_and_welcome(request)
        return redirect("history")
    return render(request, "account/signup.html", {"form": form}, status=400 if form.errors else 200)


def _saved(form: SignUpForm) -> AbstractBaseUser | None:
    """Return the new user, None with an error in the form where the name was taken since the form was checked."""
    try:
        with transaction.atomic():
            return form.save()
    except IntegrityError:
        form.add_error("username", form.instance.unique_error_message(type(form.instance), ["username"]))
        return None


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def account(request: HttpRequest) -> HttpResponse:
    """Show the account and its API tokens."""
    return _account_page(request)


@require_POST
@login_to_account_required
@cache_control(private=True, no_store=True)
def token_create(request: HttpRequest) -> HttpResponse:
    """Make an API token and show it in this answer alone; only its hash is kept."""
    _, token = AuthToken.objects.create(user=request.user)
    return _account_page(request, new_token=token)


def _account_page(request: HttpRequest, *, new_token: str | None = None) -> HttpResponse:
    tokens = get_token_model().objects.filter(user=request.user).order_by("-created")
    return render(request, "account/account.html", {"tokens": tokens, "new_token": new_token})


@require_POST
@login_to_account_required
def token_revoke(request: HttpRequest, token_key: str) -> HttpResponse:
    """End an API token."""
    get_object_or_404(AuthToken, user=request.user, token_key=token_key).delete()
    messages.success(request, _("The token is revoked."))
    return redirect("account")
