"""SQL that Django has no name for."""

from django.db.models import CharField, Func, IntegerField


class JSONArrayLength(Func):
    """The number of elements of a JSON array, 0 of what is none."""

    function = "JSON_ARRAY_LENGTH"
    output_field = IntegerField()

    def as_postgresql(self, compiler, connection, **extra_context):
        length = "JSONB_ARRAY_LENGTH(%(expressions)s)"
        template = f"CASE JSONB_TYPEOF(%(expressions)s) WHEN 'array' THEN {length} ELSE 0 END"
        return super().as_sql(compiler, connection, template=template, **extra_context)


class DayInUTC(Func):
    """The day of a time: text in SQLite, a date in PostgreSQL, 2026-11-22 in both once it is made text.

    Django's own truncation calls Python for every row of SQLite, which takes eight times as long.
    """

    output_field = CharField()

    def as_sqlite(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 10)", **extra)

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, template="(%(expressions)s AT TIME ZONE 'UTC')::date", **extra)
