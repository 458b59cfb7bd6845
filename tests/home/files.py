"""Small real files to upload."""

from io import BytesIO

from PIL import Image
from weasyprint import HTML


def pdf_saying(text: str) -> bytes:
    return HTML(string=f"<p>{text}</p>").write_pdf()


def photo(**exif) -> bytes:
    """A JPEG with a camera's notes: make, date, and where it was taken (GPS)."""
    picture = Image.new("RGB", (60, 40), "teal")
    notes = Image.Exif()
    notes[0x010F] = "APPAREIL-SECRET"
    notes[0x0112] = 6  # turned
    gps = notes.get_ifd(0x8825)
    gps[1], gps[2] = "N", (48.0, 51.0, 24.0)
    output = BytesIO()
    picture.save(output, "JPEG", exif=notes, comment=b"COMMENTAIRE-SECRET")
    return output.getvalue()
