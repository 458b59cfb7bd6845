import base64

from django import template

register = template.Library()


@register.filter
def inline_picture(image):
    """A picture as a `data:` address, for printed files, which fetch nothing."""
    rendition = image.get_rendition("max-1400x1000|format-jpeg|jpegquality-80")
    with rendition.file.open("rb") as file:
        return "data:image/jpeg;base64," + base64.b64encode(file.read()).decode()
