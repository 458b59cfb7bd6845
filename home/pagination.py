"""The links of a paginated list."""


class PageLinks:
    """For an object with a `page` of Django's Paginator and a `page_query(number)` giving the query of another page."""

    @property
    def page_links(self):
        """(number, query) pairs; an ellipsis has an empty query."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [(number, self.page_query(number) if isinstance(number, int) else "") for number in numbers]

    @property
    def previous_query(self):
        return self.page_query(self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_query(self):
        return self.page_query(self.page.next_page_number()) if self.page.has_next() else ""
