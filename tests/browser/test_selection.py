"""A selection made in the library, with and without JavaScript."""

import re

from playwright.sync_api import expect

BOX = "label.pick:has-text('Dans ma sélection')"


def test_what_is_ticked_is_counted_followed_and_looked_over(page):
    page.goto("/ressources/")
    bar = page.locator(".picks-bar")
    expect(bar).to_be_hidden()
    assert page.locator(BOX).first.bounding_box()["height"] >= 44
    for place in (0, 1):
        page.locator(BOX).nth(place).click()
    expect(bar).to_contain_text("2 documents choisis, environ")
    bar.locator("button").click()
    expect(page).to_have_url(re.compile("/ressources/selection/"))
    expect(page.locator(".kit-items > li")).to_have_count(2)
    page.get_by_text("Retirer").first.click()
    expect(page.locator(".kit-items > li")).to_have_count(1)
    page.get_by_text("Ajouter d’autres documents").click()
    expect(page.locator("input[name=r]:checked")).to_have_count(1)


def test_a_selection_needs_no_javascript(open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/ressources/")
    page.locator(BOX).first.click()
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("input[name=r]:checked")).to_have_count(1)
    page.get_by_role("button", name="Voir ma sélection").click()
    expect(page.locator(".kit-items > li")).to_have_count(1)
