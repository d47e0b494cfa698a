"""How a name and a password find their user."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


class AnyCaseBackend(ModelBackend):
    """Takes Ada for ada, as sign-up does, where no other user is written just so.

    Django's own ModelBackend is listed beside it, for the sessions of older releases alone.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs
    ) -> AbstractBaseUser:
        """Return the user of this name and password. Raises PermissionDenied without one: no other backend is asked."""
        user = super().authenticate(request, username=_stored_name(username), password=password, **kwargs)
        if user is None:
            raise PermissionDenied
        return user


def _stored_name(name: str | None) -> str | None:
    """Return the name as its user wrote it; names from before that differ by case alone stay apart."""
    if not name:
        return name
    users = get_user_model()._default_manager
    if users.filter(username=name).exists():  # found by the index; in any case all users are looked through
        return name
    alike = list(users.filter(username__iexact=name).values_list("username", flat=True)[:2])
    return alike[0] if len(alike) == 1 else name
