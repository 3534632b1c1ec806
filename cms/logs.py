"""Keeps personal data out of the logs."""

import logging
import re

from django.core.exceptions import PermissionDenied, SuspiciousOperation

QUERY = re.compile(r"\?[^\s\"']*")
POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)(?:\s|%20|\+)*\d[A-Z]{2}\b", re.IGNORECASE)
NOT_OURS = (SuspiciousOperation, PermissionDenied)


class RedactQueryStrings(logging.Filter):
    """Cuts query strings, and all but the first half of postcodes, from every record.

    What could not be read, and a page that was refused, are no fault of ours, so one line says it without the way
    it went.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = POSTCODE.sub(r"\1", QUERY.sub("?…", record.getMessage()))
        record.args = ()
        if record.exc_info and isinstance(record.exc_info[1], NOT_OURS):
            record.exc_info = None
        return True
