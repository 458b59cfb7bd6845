"""Makes `reference.odt` and `reference.docx` out of pandoc's own: A4, French, sans serif, the colours of the site.

Run by hand when the look of office files changes: `python home/reference/make_references.py`.
"""

import io
import re
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pypandoc

HERE = Path(__file__).parent
INK = "1d1a2b"
# Level → size in points; 0 is the title.
HEADINGS = {0: 26, 1: 17, 2: 13, 3: 11.5}
FONT = "Liberation Sans"


def default(name):
    return subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file", name], capture_output=True, check=True
    ).stdout


def rewrite(source, target, edits):
    """Copy an archive, passing some of its parts through a function; fixed dates, so that a second run changes nothing."""
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry.filename)
            if entry.filename in edits:
                content = edits[entry.filename](content)
            info = zipfile.ZipInfo(entry.filename, (2020, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(info, content)


def tree_of(content):
    for _event, (prefix, uri) in ET.iterparse(io.BytesIO(content), events=["start-ns"]):
        ET.register_namespace(prefix, uri)
    return ET.fromstring(content)


def level_of(style, prefix):
    """« Heading_20_2 » → 2, « Title » → 0, another style → None."""
    if style == "Title":
        return 0
    heading = re.fullmatch(prefix + r"(\d)", style)
    return int(heading[1]) if heading else None


def odt_styles(content):
    root = tree_of(content)
    ns = dict(node for _event, node in ET.iterparse(io.BytesIO(content), events=["start-ns"]))

    def name(prefix, local):
        return f"{{{ns[prefix]}}}{local}"

    fonts = root.find(name("office", "font-face-decls"))
    ET.SubElement(
        fonts, name("style", "font-face"), {name("style", "name"): FONT, name("svg", "font-family"): f"'{FONT}'"}
    )
    for style in root.iter():
        if style.tag not in (name("style", "style"), name("style", "default-style")):
            continue
        text = style.find(name("style", "text-properties"))
        if style.tag == name("style", "default-style") and text is not None:
            text.set(name("fo", "language"), "fr")
            text.set(name("fo", "country"), "FR")
            if style.get(name("style", "family")) == "paragraph":
                text.set(name("style", "font-name"), FONT)
                text.set(name("fo", "font-size"), "11pt")
        level = level_of(style.get(name("style", "name")) or "", "Heading_20_")
        if level in HEADINGS:
            paragraph = style.find(name("style", "paragraph-properties"))
            if level == 0:
                if paragraph is None:
                    paragraph = ET.Element(name("style", "paragraph-properties"))
                    style.insert(0, paragraph)
                paragraph.set(name("fo", "text-align"), "start")
            if text is None:
                text = ET.SubElement(style, name("style", "text-properties"))
            text.attrib.clear()
            text.set(name("style", "font-name"), FONT)
            text.set(name("fo", "font-size"), f"{HEADINGS[level]}pt")
            text.set(name("fo", "font-weight"), "bold")
            text.set(name("fo", "color"), f"#{INK}")
    for page in root.iter(name("style", "page-layout-properties")):
        page.set(name("fo", "page-width"), "21cm")
        page.set(name("fo", "page-height"), "29.7cm")
        for side in ("top", "bottom", "left", "right"):
            page.set(name("fo", f"margin-{side}"), "2.2cm")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def docx_styles(content):
    root = tree_of(content)
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

    def set_run(properties, size, bold):
        for child in list(properties):
            if child.tag in (f"{w}rFonts", f"{w}sz", f"{w}szCs", f"{w}color", f"{w}i", f"{w}iCs", f"{w}b"):
                properties.remove(child)
        # The order of the schema: fonts, bold, colour, size.
        children = [ET.Element(f"{w}rFonts", {f"{w}ascii": FONT, f"{w}hAnsi": FONT, f"{w}cs": FONT})]
        if bold:
            children += [ET.Element(f"{w}b"), ET.Element(f"{w}color", {f"{w}val": INK})]
        children.append(ET.Element(f"{w}sz", {f"{w}val": str(int(size * 2))}))
        for place, child in enumerate(children):
            properties.insert(place, child)

    set_run(root.find(f"{w}docDefaults/{w}rPrDefault/{w}rPr"), 11, bold=False)
    root.find(f"{w}docDefaults/{w}rPrDefault/{w}rPr/{w}lang").set(f"{w}val", "fr-FR")
    for style in root.iter(f"{w}style"):
        level = level_of(style.get(f"{w}styleId"), "Heading")
        if level in HEADINGS:
            properties = style.find(f"{w}rPr")
            set_run(properties if properties is not None else ET.SubElement(style, f"{w}rPr"), HEADINGS[level], True)
            centred = style.find(f"{w}pPr/{w}jc")
            if centred is not None:
                centred.set(f"{w}val", "left")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def docx_page(content):
    """A4, with margins of 2.2 cm (in twentieths of a point)."""
    root = tree_of(content)
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    section = next(root.iter(f"{w}sectPr"))
    for child in list(section):
        if child.tag in (f"{w}pgSz", f"{w}pgMar"):
            section.remove(child)
    margins = {f"{w}{side}": "1247" for side in ("top", "right", "bottom", "left")}
    rest = {f"{w}header": "708", f"{w}footer": "708", f"{w}gutter": "0"}
    section.append(ET.Element(f"{w}pgSz", {f"{w}w": "11906", f"{w}h": "16838"}))
    section.append(ET.Element(f"{w}pgMar", margins | rest))
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


if __name__ == "__main__":
    rewrite(default("reference.odt"), HERE / "reference.odt", {"styles.xml": odt_styles})
    rewrite(
        default("reference.docx"),
        HERE / "reference.docx",
        {"word/styles.xml": docx_styles, "word/document.xml": docx_page},
    )
