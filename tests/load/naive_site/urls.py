"""The one address."""

from django.urls import path

from tests.load.naive_site import views

urlpatterns = [path("", views.predict)]
