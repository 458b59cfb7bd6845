from django.db import connection, models

# One statement, the same on SQLite and PostgreSQL: of posts that arrive together, none is forgotten.
_COUNT_ONE = """
    INSERT INTO {table} (key, number, expires_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET number = {table}.number + 1
    RETURNING number
"""


class CounterManager(models.Manager):
    def count_one(self, key: str, expires_at) -> int:
        """Add one to the counter of this name, made if need be, and say how many it makes."""
        with connection.cursor() as cursor:
            statement = _COUNT_ONE.format(table=connection.ops.quote_name(self.model._meta.db_table))
            cursor.execute(statement, [key, connection.ops.adapt_datetimefield_value(expires_at)])
            return cursor.fetchone()[0]


class Counter(models.Model):
    """How often something was done in one window of time. The key is a digest: it says neither what nor by whom."""

    key = models.CharField(max_length=64, primary_key=True)
    number = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    objects = CounterManager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.key
