"""Which status each of the people gets at each address, by each method."""

from fnmatch import fnmatchcase

PEOPLE = ("owner", "user", "guest", "nobody", "staff", "reviewer", "admin")
"""Whose it is, another user, another visitor, one without a cookie, staff without a right, a reviewer, a superuser."""

ANSWERS = """
# method       route                                      owner user guest nobody staff reviewer admin

# For everybody
GET            /                                          200
POST           /                                          400
GET            /upload/                                   200
POST           /upload/                                   400
GET            /models/                                   200
GET            /models/<kind>/<version>/                  200
GET            /about/                                    200
GET            /privacy/                                  200
GET            /healthz                                   200
GET            /readyz                                    200
GET            /metrics                                   404
ANY            /i18n/setlang/                             302

# One's own pictures; the form names the owner's
GET            /history/                                  200
POST           /history/delete/                           302
POST           /history/training/                         302
POST           /history/download/selected/                200   302  302   302    302   302      302
GET            /history/download/                         200
GET            /history/delete-all/                       200   302  302   302    302   302      302
POST           /history/delete-all/                       302
GET            /p/<picture_id>/                           200   404  404   404    404   404      404
GET            /p/<picture_id>/image/                     200   404  404   404    404   404      404
GET            /p/<picture_id>/thumbnail/                 200   404  404   404    404   404      404
GET            /p/<picture_id>/glyphs/<position>/why/     200   404  404   404    404   404      404
POST           /p/<picture_id>/label/                     302   404  404   404    404   404      404
POST           /p/<picture_id>/consent/                   302   404  404   404    404   404      404
POST           /p/<picture_id>/confirm/                   302   404  404   404    404   404      404
POST           /p/<picture_id>/delete/                    302   404  404   404    404   404      404
GET            /batch/<batch_id>/                         200   404  404   404    404   404      404
GET            /batch/<batch_id>/progress/                200   404  404   404    404   404      404
GET            /batch/<batch_id>/results.csv              200   404  404   404    404   404      404
POST           /batch/<batch_id>/stop/                    302   404  404   404    404   404      404
POST           /batch/<batch_id>/consent/                 302   404  404   404    404   404      404
POST           /batch/<batch_id>/delete/                  302   404  404   404    404   404      404

# One's own account; the only superuser does not delete theirs
GET            /account/                                  200   200  302   302    200   200      200
GET            /account/signup/                           302   302  200   200    302   302      302
POST           /account/signup/                           302   302  400   400    302   302      302
GET,POST,PUT   /account/login/                            302   302  200   200    302   302      302
OPTIONS        /account/login/                            302   302  200   200    302   302      302
ANY            /account/login/                            302   302  405   405    302   302      302
POST           /account/logout/                           302
OPTIONS        /account/logout/                           200
GET,POST,PUT   /account/password/                         200   200  302   302    200   200      200
OPTIONS        /account/password/                         200   200  302   302    200   200      200
ANY            /account/password/                         405   405  302   302    405   405      405
GET,OPTIONS    /account/password/done/                    200   200  302   302    200   200      200
ANY            /account/password/done/                    405   405  302   302    405   405      405
GET            /account/delete/                           200   200  302   302    200   200      302
POST           /account/delete/                           400   400  302   302    400   400      302
POST           /account/tokens/                           200   200  302   302    200   200      200
POST           /account/tokens/<token_key>/revoke/        302   404  302   302    404   404      404

# For those with the right to it
GET            /models/<kind>/<version>/download/         403   403  302   302    403   403      200
GET            /review/                                   403   403  302   302    403   200      200
GET            /review/next/                              403   403  302   302    403   200      200
POST           /review/answer/                            403   403  302   302    403   302      302
POST           /review/undo/                              403   403  302   302    403   302      302
POST           /review/hide/                              403   403  302   302    403   302      302
POST           /review/unskip/                            403   403  302   302    403   302      302
GET            /review/p/<picture_id>/image/              403   403  302   302    403   200      200
GET            /review/p/<picture_id>/thumbnail/          403   403  302   302    403   200      200
GET            /dashboard/                                403   403  302   302    200   200      200
GET            /dashboard/confusion/<label>/<answer>/     403   403  302   302    403   200      200
GET            /exports/                                  403   403  302   302    403   403      200
GET            /exports/<file_format>/                    403   403  302   302    403   403      200
GET            /trainings/                                403   403  302   302    403   403      200
POST           /trainings/                                403   403  302   302    403   403      400
GET            /trainings/<run_id>/                       403   403  302   302    403   403      200
GET            /trainings/<run_id>/progress/              403   403  403   403    403   403      200
POST           /trainings/<run_id>/cancel/                403   403  403   403    403   403      302
POST           /trainings/<run_id>/again/                 403   403  403   403    403   403      302
POST           /trainings/labels/<glyph_id>/confirm/      403   403  403   403    403   302      302
POST           /trainings/labels/<glyph_id>/keep-out/     403   403  403   403    403   302      302
POST           /promotions/<version_id>/                  403   403  403   403    403   403      302
POST           /promotions/<version_id>/compare/          403   403  403   403    403   403      302
POST           /promotions/<kind>/rollback/               403   403  403   403    403   403      302

# The API
GET            /api/v1/pictures/                          200
POST           /api/v1/pictures/                          400
POST           /api/v1/guess/                             400
GET            /api/v1/models/                            200
GET            /api/v1/schema/                            200
GET            /api/v1/docs/                              200
GET            /api/v1/pictures/<picture_id>/             200   404  404   404    404   404      404
DELETE         /api/v1/pictures/<picture_id>/             204   404  404   404    404   404      404
GET            /api/v1/pictures/<picture_id>/image/       200   404  404   404    404   404      404
PUT            /api/v1/glyphs/<glyph_id>/label/           200   404  404   404    404   200      200
GET,OPTIONS    /api/v1/labels/<file_format>/              403   403  401   401    403   403      200
ANY            /api/v1/labels/<file_format>/              403   403  401   401    403   403      405
OPTIONS        /api/v1/[!d]*                              200

# The admin
GET            /admin/login/                              403   403  302   302    302   302      302
POST           /admin/logout/                             302
OPTIONS        /admin/logout/                             302   302  302   302    200   200      200
ANY            /admin/logout/                             302   302  302   302    405   405      405
GET,POST,PUT   /admin/password_change/                    302   302  302   302    200   200      200
OPTIONS        /admin/password_change/                    302   302  302   302    200   200      200
ANY            /admin/password_change/                    302   302  302   302    405   405      405
GET,OPTIONS    /admin/password_change/done/               302   302  302   302    200   200      200
ANY            /admin/password_change/done/               302   302  302   302    405   405      405
GET            /admin/autocomplete/                       302   302  302   302    403   403      403
OPTIONS        /admin/autocomplete/                       302   302  302   302    200   200      200
ANY            /admin/autocomplete/                       302   302  302   302    405   405      405
GET,OPTIONS    /admin/jsi18n/                             302   302  302   302    200   200      200
ANY            /admin/jsi18n/                             302   302  302   302    405   405      405
ANY            /admin/                                    302   302  302   302    200   200      200
ANY            /admin/<app_label>/                        302   302  302   302    404   200      200
ANY            /admin/<url>                               302   302  302   302    404   404      404
ANY            /admin/*/<object_id>/                      302
POST           /admin/recognizer/glyph/process_import/    302   302  302   302    403   200      200
ANY            /admin/recognizer/glyph/process_import/    302   302  302   302    405   405      405
ANY            /admin/recognizer/glyph/export/            302   302  302   302    403   403      200
ANY            /admin/recognizer/*/add/                   302   302  302   302    403   403      403
POST           /admin/recognizer/picture/*/delete/        302   302  302   302    403   403      302
ANY            /admin/recognizer/picture/*/delete/        302   302  302   302    403   403      200
ANY            /admin/recognizer/*/delete/                302   302  302   302    403   403      403
POST           /admin/recognizer/picture/*/change/        302   302  302   302    403   403      200
POST           /admin/recognizer/glyph/*/change/          302   302  302   302    403   302      302
POST           /admin/recognizer/*/change/                302   302  302   302    403   403      403
ANY            /admin/recognizer/glyph/*                  302   302  302   302    403   200      200
ANY            /admin/recognizer/picture/*                302   302  302   302    403   200      200
ANY            /admin/recognizer/prediction/*             302   302  302   302    403   200      200
ANY            /admin/recognizer/labelevent/*             302   302  302   302    403   200      200
ANY            /admin/recognizer/*                        302   302  302   302    403   403      200
ANY            /admin/django_tasks_database/*/add/        302   302  302   302    403   403      403
ANY            /admin/django_tasks_database/*/delete/     302   302  302   302    403   403      403
POST           /admin/django_tasks_database/*/change/     302   302  302   302    403   403      403
ANY            /admin/django_tasks_database/*             302   302  302   302    403   403      200
POST           /admin/auth/*/delete/                      302   302  302   302    403   403      302
ANY            /admin/auth/*                              302   302  302   302    403   403      200
POST           /admin/knox/*/delete/                      302   302  302   302    403   403      302
ANY            /admin/knox/*                              302   302  302   302    403   403      200
"""
"""Methods, a route or what it looks like, and the statuses: one for all of the PEOPLE, or one for each.

The first line that fits counts. HEAD is answered as GET is; a method that no line names gets 405 from everywhere.
"""


def status_for(person: str, method: str, route: str) -> int:
    """Return the status that the table says."""
    method = "GET" if method == "HEAD" else method
    for methods, pattern, *statuses in LINES:
        if (methods == "ANY" or method in methods.split(",")) and fnmatchcase(route, pattern):
            return int(statuses[PEOPLE.index(person) if len(statuses) > 1 else 0])
    return 405


LINES = [line.split() for line in ANSWERS.splitlines() if line and not line.startswith("#")]
