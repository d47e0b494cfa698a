"""The API's description of itself."""

import threading

from django.http import HttpRequest, HttpResponse
from drf_spectacular.views import SpectacularAPIView


class SchemaView(SpectacularAPIView):
    """Describes the API to one at a time: at its first use drf-spectacular is not safe between threads."""

    _alone = threading.Lock()

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        with self._alone:
            return super().dispatch(request, *args, **kwargs)
