"""What a listing says of itself, as families read it: ages, cost, booking, where."""

from hubs.models import Location

from .models import Service

BOOKING_WORDS = {
    Service.Booking.DROP_IN: "Drop in",
    Service.Booking.BOOK: "Book first",
    Service.Booking.ASK_FIRST: "Ask us first",
    Service.Booking.BY_REFERRAL: "Through a worker",
}
BOOKING_SENTENCES = {
    Service.Booking.DROP_IN: "Just come along. You do not need to book.",
    Service.Booking.BOOK: "You need to book a place.",
    Service.Booking.ASK_FIRST: "Talk to us first.",
    Service.Booking.BY_REFERRAL: "A worker who knows you asks for a place. You can ask us for help.",
}
LANGUAGES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "bg": "Bulgarian",
    "bfi": "British Sign Language",
    "cy": "Welsh",
    "fa": "Farsi",
    "fr": "French",
    "gu": "Gujarati",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ku": "Kurdish",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "so": "Somali",
    "es": "Spanish",
    "ta": "Tamil",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "yue": "Cantonese",
    "zh": "Chinese",
}
"""ISO 639 codes and English names, in order of code."""


def ages_in_words(service: Service) -> str:
    """Return "0 to 12 months", "18 months to 4 years", "Expecting a baby", "All ages"."""
    low, high = service.minimum_age, service.maximum_age
    if not low and high is None:
        if service.for_expecting and low is None:
            return "Expecting a baby"
        return "Parents and carers" if service.for_parents else "All ages"
    ages = _range(low, high)
    return f"Expecting a baby, and {ages}" if service.for_expecting else ages


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f"{_age(low or 0)} and over"
    if high == 0:
        return "newborn babies"
    top = _oldest(high)
    if low is None:
        return f"up to {top}"
    bottom = _age(low)
    unit = top.split()[-1]
    if bottom == top:
        return top
    if low == 0:
        return f"0 to {top}"
    if bottom.split()[-1] in (unit, unit.removesuffix("s")):
        return f"{bottom.split()[0]} to {top}"
    return f"{bottom} to {top}"


def _age(months: int) -> str:
    years, rest = divmod(months, 12)
    if months and (rest == 0 or months >= 24):
        return count(years, "year")
    return count(months, "month")


def _oldest(months: int) -> str:
    """The last month of a year reads as that year: 59 months is 4 years."""
    if months >= 24 or (months > 12 and (months + 1) % 12 == 0):
        return count(months // 12, "year")
    return count(months, "month")


def count(number: int, noun: str) -> str:
    """Return "1 hub", "23 hubs" or "No hubs"."""
    return f"No {noun}s" if number == 0 else f"{number:,} {noun}" + ("" if number == 1 else "s")


def cost_in_words(service: Service) -> str:
    """Return "Free", or what it costs in the listing's own words: "£2 a family"."""
    if service.cost == Service.Cost.FREE:
        return "Free"
    return service.fees_description or service.get_cost_display()


def delivery_in_words(service: Service) -> str:
    """Return how it reaches families who do not come to a place: "Online", "By phone", "Comes to you"."""
    if service.delivery != Service.Delivery.IN_PERSON:
        return service.get_delivery_display()
    if service.coverage == Service.Coverage.COUNCIL:
        return f"Across {service.council.name}"
    return "Across the country" if service.coverage == Service.Coverage.NATIONAL else ""


def languages_in_words(codes: list[str]) -> list[str]:
    """Return the names of the languages that we have names for."""
    return [LANGUAGES[code] for code in codes if code in LANGUAGES]


def place_in_words(location: Location) -> str:
    """Return "Lodmoor Family Hub, Weymouth". A secret address is the town and nothing else."""
    if location.masked:
        return location.city or "Address kept private"
    if location.city and location.city.lower() not in location.name.lower():
        return f"{location.name}, {location.city}"
    return location.name


def address_lines(location: Location) -> list[str]:
    """Return the address, one part a line. A secret address is the town and nothing else."""
    if location.masked:
        return [location.city or "Address kept private"]
    parts = [location.name, location.address_1, location.address_2, location.city, location.postal_code]
    return [part for part in parts if part]
