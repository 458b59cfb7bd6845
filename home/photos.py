"""What a photograph says besides its picture: removed before it is stored."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

# Formats we write back; others (AVIF, animated GIF) keep their bytes only if they carry no metadata.
_SAVE_OPTIONS = {
    "JPEG": {"quality": 92, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92},
    "AVIF": {"quality": 85},
}


def without_metadata(file) -> bytes | None:
    """The picture turned upright, without EXIF, XMP, IPTC or comments; None where there is nothing to remove.

    `file` is an open binary file. An unreadable picture gives None: the upload form refuses it by itself.
    """
    file.seek(0)
    try:
        picture = Image.open(file)
        kind = picture.format
        noted = set(picture.info) & {"exif", "xmp", "photoshop", "comment", "XML:com.adobe.xmp"}
        if kind not in _SAVE_OPTIONS or not noted or getattr(picture, "n_frames", 1) > 1:
            return None
        upright = ImageOps.exif_transpose(picture)
        upright.info = {key: value for key, value in upright.info.items() if key == "transparency"}
        output = BytesIO()
        profile = picture.info.get("icc_profile")
        upright.save(output, kind, icc_profile=profile, exif=b"", **_SAVE_OPTIONS[kind])
        return output.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    finally:
        file.seek(0)
