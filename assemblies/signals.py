"""The territory of an assembly is written beside its row: what readers see and find of it follows at once."""

from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from wagtail.search.index import insert_or_update_object

from home.caching import bump

from .models import Assembly, AssemblyPage


@receiver([m2m_changed], sender=Assembly.departements.through)
@receiver([m2m_changed], sender=Assembly.communes.through)
def territory_changed(instance, action, **kwargs):
    bump()
    if action.startswith("post_") and isinstance(instance, Assembly):
        page = AssemblyPage.objects.filter(assembly=instance).first()
        if page is not None:
            # A search finds it by the names of its départements and communes.
            insert_or_update_object(page)
