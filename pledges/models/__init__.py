from .pages import PledgeIndexPage

__all__ = ["PledgeIndexPage"]
