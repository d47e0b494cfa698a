"""Pictures that were given together, and what became of each file."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from recognizer.admin.read_only import ReadOnlyAdmin
from recognizer.batches.results import problem_with
from recognizer.models import Batch, BatchItem


class BatchItemInline(admin.TabularInline):
    """The files of a batch."""

    model = BatchItem
    fields = readonly_fields = ("position", "name", "state", "verdict", "refused_for", "picture")
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("picture").defer("picture__thumbnail")

    def has_add_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    @admin.display(description=_("problem"))
    def refused_for(self, item: BatchItem) -> str:
        problem = problem_with(item)
        return problem.message if problem else ""


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("created", "total", "came_as", "kind", "user", "is_done", "heartbeat")
    list_filter = ("came_as", "kind", "created")
    list_select_related = ("user",)
    sortable_by = ("created",)
    fields = ("total", "came_as", "kind", "may_train", "user", "visitor", "created", "heartbeat", "finished")
    inlines = (BatchItemInline,)

    @admin.display(description=_("done"), boolean=True)
    def is_done(self, batch: Batch) -> bool:
        return not batch.is_going_on
