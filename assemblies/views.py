from django.http import Http404
from django.shortcuts import get_object_or_404

from .models import AssemblyPage


def write(request, slug):
    get_object_or_404(AssemblyPage.objects.published(), slug=slug)
    raise Http404


def written(request, slug):
    raise Http404
