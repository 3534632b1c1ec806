"""The models of *what*, one noun a file."""

from .category import Category
from .check import Check
from .organisation import Organisation
from .schedule import Schedule, Session
from .search_entry import SearchEntry, SearchWord
from .service import Contact, CostOption, Service, ServiceLocation

__all__ = [
    "Category",
    "Check",
    "Contact",
    "CostOption",
    "Organisation",
    "Schedule",
    "SearchEntry",
    "SearchWord",
    "Service",
    "ServiceLocation",
    "Session",
]
