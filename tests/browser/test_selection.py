"""A selection made in the library, with and without JavaScript."""

BOX = "label.pick:has-text('Dans ma sélection')"


def test_what_is_ticked_is_counted_followed_and_looked_over(page):
    page.goto("/ressources/")
    bar = page.locator(".picks-bar")
    assert bar.is_hidden()
    assert page.locator(BOX).first.bounding_box()["height"] >= 44
    for place in (0, 1):
        page.locator(BOX).nth(place).click()
    assert "2 documents choisis, environ" in bar.inner_text()
    bar.locator("button").click()
    assert "/ressources/selection/" in page.url
    assert page.locator(".kit-items > li").count() == 2
    page.get_by_text("Retirer").first.click()
    assert page.locator(".kit-items > li").count() == 1
    page.get_by_text("Ajouter d’autres documents").click()
    assert page.locator("input[name=r]:checked").count() == 1


def test_a_selection_needs_no_javascript(open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/ressources/")
    page.locator(BOX).first.click()
    page.get_by_role("button", name="Filtrer").click()
    assert page.locator("input[name=r]:checked").count() == 1
    page.get_by_role("button", name="Voir ma sélection").click()
    assert page.locator(".kit-items > li").count() == 1
