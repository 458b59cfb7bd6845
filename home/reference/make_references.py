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
# Level → size in points.
HEADINGS = {1: 26, 2: 17, 3: 13, 4: 11.5}
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
        heading = re.fullmatch(r"Heading_20_(\d)", style.get(name("style", "name")) or "")
        if heading and int(heading[1]) in HEADINGS:
            if text is None:
                text = ET.SubElement(style, name("style", "text-properties"))
            text.attrib.clear()
            text.set(name("style", "font-name"), FONT)
            text.set(name("fo", "font-size"), f"{HEADINGS[int(heading[1])]}pt")
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
        heading = re.fullmatch(r"Heading(\d)", style.get(f"{w}styleId"))
        if heading and int(heading[1]) in HEADINGS:
            properties = style.find(f"{w}rPr")
            set_run(
                properties if properties is not None else ET.SubElement(style, f"{w}rPr"),
                HEADINGS[int(heading[1])],
                True,
            )
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


if __name__ == "__main__":
    rewrite(default("reference.odt"), HERE / "reference.odt", {"styles.xml": odt_styles})
    rewrite(default("reference.docx"), HERE / "reference.docx", {"word/styles.xml": docx_styles})
