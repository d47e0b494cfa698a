"""The pages."""

from django.contrib.auth import views as auth
from django.urls import path

from recognizer.views import (
    account,
    dashboard,
    exports,
    health,
    history,
    models,
    pages,
    pictures,
    reading,
    review,
    trainings,
)

urlpatterns = [
    path("", reading.draw, name="draw"),
    path("upload/", reading.upload, name="upload"),
    path("history/", history.history, name="history"),
    path("p/<uuid:picture_id>/", pictures.picture, name="picture"),
    path("p/<uuid:picture_id>/image/", pictures.image, name="picture-image"),
    path("p/<uuid:picture_id>/thumbnail/", pictures.thumbnail, name="picture-thumbnail"),
    path("p/<uuid:picture_id>/label/", pictures.label, name="picture-label"),
    path("p/<uuid:picture_id>/delete/", pictures.delete, name="picture-delete"),
    path("models/", models.models, name="models"),
    path("models/<str:kind>/<path:version>/", models.model, name="model"),
    path("review/", review.review, name="review"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("exports/", exports.exports, name="exports"),
    path("trainings/", trainings.trainings, name="trainings"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
    path("account/", account.account, name="account"),
    path("account/signup/", account.signup, name="signup"),
    path("account/login/", account.ClaimingLoginView.as_view(), name="login"),
    path("account/logout/", account.ForgettingLogoutView.as_view(), name="logout"),
    path(
        "account/password/",
        auth.PasswordChangeView.as_view(template_name="account/password_change.html"),
        name="password_change",
    ),
    path(
        "account/password/done/",
        auth.PasswordChangeDoneView.as_view(template_name="account/password_change_done.html"),
        name="password_change_done",
    ),
    path("account/tokens/", account.token_create, name="token-create"),
    path("account/tokens/<str:token_key>/revoke/", account.token_revoke, name="token-revoke"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
