"""HTML to a tagged PDF, by WeasyPrint and the libraries it needs from the system."""

import logging
from typing import Any

from crisisdesk.model.errors import BadInput

VARIANT = "pdf/ua-1"
"""PDF/UA: a screen reader finds headings, tables and the words for pictures."""

NO_LIBRARIES = "This computer lacks the libraries for PDF (Pango)."
TO_DO = "Print the HTML page from a browser, or install Pango and try again."


def pdf_of(page: str) -> bytes:
    """The page as PDF. Raises BadInput where the libraries are missing.

    Never inside an exercise: its process calls no C library.
    """
    try:
        from PIL import ImageFile
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise BadInput(NO_LIBRARIES, TO_DO) from error
    # WeasyPrint makes Pillow take pictures that are cut off; those of messages must be whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # its advice is for developers
    made = HTML(string=page, media_type="screen", url_fetcher=_only_what_is_inside())
    return bytes(made.write_pdf(pdf_variant=VARIANT))


def _only_what_is_inside() -> Any:
    """Pictures that stand in the page itself are read, and nothing else is fetched."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=["data"])
