"""SQL that Django has no name for."""

from django.db.models import Func, IntegerField


class JSONArrayLength(Func):
    """The number of elements of a JSON array."""

    function = "JSON_ARRAY_LENGTH"
    output_field = IntegerField()

    def as_postgresql(self, compiler, connection, **extra_context):
        return super().as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **extra_context)
