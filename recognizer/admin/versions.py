"""The trained networks."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from recognizer.models import ModelVersion


@admin.register(ModelVersion)
class ModelVersionAdmin(admin.ModelAdmin):
    """The trained networks; one of a kind can be made the active one."""

    list_display = ("__str__", "state", "accuracy", "folder", "created")
    list_filter = ("kind", "state")
    fields = readonly_fields = ("kind", "version", "state", "folder", "sha256", "accuracy", "card", "created")
    actions = ("activate",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    @admin.display(description="MNIST test set")
    def accuracy(self, version: ModelVersion) -> str:
        accuracy = version.card.get("figures", {}).get("mnist_test", {}).get("accuracy")
        return "" if accuracy is None else f"{accuracy:.2%}"

    @admin.action(description="Make this the active version of its kind", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet) -> None:
        if queryset.count() != 1:
            self.message_user(request, "Choose exactly one version.", messages.ERROR)
            return
        version = queryset.get()
        version.activate()
        self.message_user(request, f"{version} now reads new pictures.", messages.SUCCESS)
