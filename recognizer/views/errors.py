"""Error pages that Django asks for by name; the others are templates it finds itself."""

from django.http import HttpRequest, HttpResponse

from recognizer.problems import Problem, problem_page

CSRF_FAILED = Problem(
    403, "csrf", "This form has expired or did not come from this site.", "Go back, reload the page and send it again."
)
BAD_REQUEST = Problem(400, "bad_request", "This request cannot be understood.", "Go back and try it again.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token."""
    return problem_page(request, CSRF_FAILED)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses."""
    return problem_page(request, BAD_REQUEST)
