"""Amazon Comprehend as an engine: off unless a watch is given it, and the level allows it.

It sends the text of a page to a service outside the functions, so it looks only at pages of
documents whose level was named and is one of those that policy lets out to it; every other page it
finds nothing on, and says so by not being asked. Names and addresses are what it adds: what has a
checksum the rules know better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from docparser import aws
from docparser.model import Level, PiiType

from .engine import Hit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from docparser.classify.reading import Reading

_MOST_BYTES = 100_000
"""Of one request (DetectPiiEntities), in UTF-8."""
_LANGUAGES = frozenset({"en", "es"})
"""Those that the service knows; a text in another one is shown to it as English."""
_MOST_CERTAIN = 0.9
"""No answer is trusted more than a number whose checksum holds."""

_TYPES: Mapping[str, PiiType] = {
    "ADDRESS": PiiType.ADDRESS,
    "BANK_ACCOUNT_NUMBER": PiiType.BANK_ACCOUNT,
    "BANK_ROUTING": PiiType.BANK_ACCOUNT,
    "CA_HEALTH_NUMBER": PiiType.HEALTH_ID,
    "CA_SOCIAL_INSURANCE_NUMBER": PiiType.SOCIAL_SECURITY,
    "CREDIT_DEBIT_NUMBER": PiiType.PAYMENT_CARD,
    "DRIVER_ID": PiiType.DRIVING_LICENCE,
    "EMAIL": PiiType.EMAIL,
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER": PiiType.IBAN,
    "IN_AADHAAR": PiiType.ID_CARD,
    "IN_PERMANENT_ACCOUNT_NUMBER": PiiType.TAX_ID,
    "IN_VOTER_NUMBER": PiiType.ID_CARD,
    "IP_ADDRESS": PiiType.IP_ADDRESS,
    "NAME": PiiType.PERSON,
    "PASSPORT_NUMBER": PiiType.PASSPORT,
    "PHONE": PiiType.PHONE,
    "SSN": PiiType.SOCIAL_SECURITY,
    "SWIFT_CODE": PiiType.BANK_ACCOUNT,
    "UK_NATIONAL_HEALTH_SERVICE_NUMBER": PiiType.HEALTH_ID,
    "UK_NATIONAL_INSURANCE_NUMBER": PiiType.SOCIAL_SECURITY,
    "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER": PiiType.TAX_ID,
    "URL": PiiType.URL,
    "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER": PiiType.TAX_ID,
}
"""What of its types are ours. DATE_TIME is any date, and ages and passwords have no type here."""


class Comprehend(Protocol):
    """The one call of the service's client that is needed."""

    exceptions: Any

    def detect_pii_entities(self, *, Text: str, LanguageCode: str) -> Mapping[str, Any]:  # noqa: N803
        """Return the entities of a text."""
        ...


class ComprehendEngine:
    """Asks DetectPiiEntities about pages whose level lets them out.

    Parameters
    ----------
    client
        A boto3 client of the service.
    level
        The level that the document's owner named, None if nobody did.
    allowed
        The levels whose pages may be shown to the service.
    language
        ISO 639-1 code of the document's language.
    least_score
        Answers that the service is less sure of (0..1) are left out.
    """

    def __init__(
        self,
        client: Comprehend,
        *,
        level: Level | None,
        allowed: Collection[Level],
        language: str = "en",
        least_score: float = 0.5,
    ) -> None:
        self._client = client
        self._is_allowed = level is not None and level in allowed
        self._language = language if language in _LANGUAGES else "en"
        self._least_score = least_score

    def find(self, reading: Reading) -> list[Hit]:
        """Return what the service finds on a page, widened to whole words.

        Raises
        ------
        Retryable, Terminal
            What AWS's error means; its words, which may quote, are dropped.
        """
        if not self._is_allowed:
            return []
        return [hit for start, end in _pieces(reading) for hit in self._ask(reading, start, end)]

    def _ask(self, reading: Reading, start: int, end: int) -> Iterator[Hit]:
        try:
            answer = self._client.detect_pii_entities(
                Text=reading.text[start:end], LanguageCode=self._language
            )
        except self._client.exceptions.ClientError as error:
            raise aws.translate(error) from None
        for entity in answer.get("Entities", ()):
            kind = _TYPES.get(entity["Type"])
            if kind is None or entity["Score"] < self._least_score:
                continue
            # Offsets of the service are now and then one short, also in its own documentation.
            places = reading.places(start + entity["BeginOffset"], start + entity["EndOffset"])
            if places:
                yield Hit(
                    kind,
                    places[0].start,
                    places[0].start
                    + len(reading.text[places[0].start : places[-1].end].rstrip(".,;:")),
                    min(entity["Score"], _MOST_CERTAIN),
                    f"{kind.value}.comprehend",
                )


def _pieces(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield stretches of whole lines that fit into a request; a line that does not is cut."""
    start = size = 0
    for line in reading.lines:
        length = len(reading.text[line.start : line.end + 1].encode())
        if size and size + length > _MOST_BYTES:
            yield start, line.start
            start, size = line.start, 0
        size += length
        while size > _MOST_BYTES:
            # Four bytes a character at most.
            cut = start + _MOST_BYTES // 4
            yield start, cut
            start = cut
            size = len(reading.text[start : line.end + 1].encode())
    if size:
        yield start, len(reading.text)
