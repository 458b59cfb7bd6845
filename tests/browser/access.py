"""What a reader's page must not do: break a rule that axe knows, or scroll sideways."""

from axe_playwright_python.base import AXE_SCRIPT

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"]
# What a scheme of colours may change.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
RUN_AXE = """
only => axe.run({runOnly: only, resultTypes: ["violations"]}).then(({violations}) => violations.flatMap(rule =>
  rule.nodes.map(node => `${rule.id}: ${node.target} ${node.failureSummary}`)))
"""
WIDE_ELEMENTS = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > room + 1)
    .map(one => `<${one.localName} class="${one.className}"> reaches ${one.getBoundingClientRect().right} px`).slice(0, 5);
}"""


def violations(page, *, colours_only=False) -> list[str]:
    """What axe finds in the page as it is, one line for each element."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN_AXE, COLOUR_RULES if colours_only else AXE_TAGS)


def too_wide(page) -> list[str]:
    """What makes the page scroll sideways; nothing when it does not."""
    return page.evaluate(WIDE_ELEMENTS)
