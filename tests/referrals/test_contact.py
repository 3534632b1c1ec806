"""Reading phone numbers and addresses as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals import contact


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07700 900982", "+447700900982"),
        ("(01632) 960-001", "+441632960001"),
        ("+44 7700 900982", "+447700900982"),
        ("0044 7700 900982", "+447700900982"),
        ("+48 22 123 45 67", "+48221234567"),
        ("0800 1111", "+448001111"),
        ("\uff10\uff17\uff17\uff10\uff10 900982", "+447700900982"),
    ],
)
def test_numbers_from_here_and_abroad_are_read(typed, kept):
    assert contact.phone(typed) == kept
    assert contact.phone(contact.phone_in_words(kept)) == kept


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("01632 960001 ext 5", "+441632960001 ext. 5", "01632 960001 ext. 5"),
        ("01632 960001 x 123", "+441632960001 ext. 123", "01632 960001 ext. 123"),
        ("+44 1632 960001 extension 05", "+441632960001 ext. 05", "01632 960001 ext. 05"),
        ("+48 22 123 45 67 ext. 9", "+48221234567 ext. 9", "+48 22 123 45 67 ext. 9"),
    ],
)
def test_a_number_keeps_its_extension(typed, kept, shown):
    assert contact.phone(typed) == kept
    assert contact.phone(kept) == contact.phone(shown) == kept
    assert contact.phone_in_words(kept) == shown


def test_a_number_with_an_extension_can_be_rung_by_a_link():
    assert contact.phone_link("+441632960001 ext. 5") == "tel:+441632960001;ext=5"


def test_a_number_is_found_with_and_without_its_extension():
    assert contact.phone_index("+441632960001 ext. 5") == contact.phone_index("+441632960001")


@pytest.mark.parametrize(
    "typed",
    [
        "0770",
        "999",
        "999 ext 5",
        "01632 960001 ext",
        "ext 5",
        "12",
        "phone me",
        "07700 900 9822",
        "+",
        "077009009",
        "1" * 41,
    ],
)
def test_what_cannot_be_rung_is_refused(typed):
    with pytest.raises(contact.NotAPhone, match="01632 960 001, 07700 900 982 or \\+48 22 123 45 67"):
        contact.phone(typed)


def test_every_example_in_the_message_is_accepted():
    for example in ("01632 960 001", "07700 900 982", "+48 22 123 45 67"):
        assert contact.phone(example)


@pytest.mark.parametrize(
    "typed",
    [
        "juniper@example.org",
        " juniper@example.org ",
        "żółw@example.org",
        "j@münchen.example",
        "o'b+x@a.example.org",
    ],
)
def test_addresses_are_read(typed):
    assert contact.email(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed", ["juniper", "a@b", "a b@example.org", "@example.org", "a@@example.org", "x" * 250 + "@a.org"]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(contact.NotAnEmail, match="like name@example"):
        contact.email(typed)


@given(st.text(max_size=300))
def test_nothing_breaks_the_reading(text):
    for read in (contact.phone, contact.email):
        try:
            read(text)
        except contact.ContactError as problem:
            assert str(problem).startswith("Enter ")


def test_a_name_is_found_however_it_is_typed():
    assert contact.name_index("José  ÁLVAREZ") == contact.name_index("jose\u0301 \u00e1lvarez ")
    assert contact.name_index("Jose Alvarez") != contact.name_index("José Álvarez")
    assert contact.name_index("") is None


def test_indexes_of_different_things_differ():
    assert contact.phone_index("x") != contact.email_index("x") != contact.name_index("x")
