"""The enumerations that all parts share.

They live here once: CDK, state machine, client and docs import them or are tested against them.
"""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """Sensitivity, the strictest first."""

    CONFIDENTIAL = "CONFIDENTIAL"
    RESTRICTED = "RESTRICTED"
    INTERNAL = "INTERNAL"
    PUBLIC = "PUBLIC"


_STRICTNESS = {level: place for place, level in enumerate(Level)}


def strictest(*levels: Level) -> Level:
    """Return the strictest of some levels, of which there is at least one."""
    return min(levels, key=_STRICTNESS.__getitem__)


class DocumentType(StrEnum):
    """What a document is; ``unknown`` says that the classifier abstained."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    CONTRACT = "contract"
    LETTER = "letter"
    EMAIL = "email"
    REPORT = "report"
    FORM = "form"
    PAYSLIP = "payslip"
    ID_DOCUMENT = "id_document"
    BANK_STATEMENT = "bank_statement"
    SCIENTIFIC_ARTICLE = "scientific_article"
    OTHER = "other"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Where a revision stands."""

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    COMPLETED = "COMPLETED"
    PARTIAL = "PARTIAL"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ERASED = "ERASED"

    @property
    def terminal(self) -> bool:
        """Whether the walk of this attempt is over."""
        return self in TERMINAL


TERMINAL = frozenset(
    {
        Status.COMPLETED,
        Status.PARTIAL,
        Status.REJECTED,
        Status.FAILED,
        Status.CANCELLED,
        Status.ERASED,
    }
)

_ENDINGS = {
    Status.COMPLETED,
    Status.PARTIAL,
    Status.REJECTED,
    Status.FAILED,
    Status.CANCELLED,
}

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.AWAITING_UPLOAD: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.QUEUED: frozenset({Status.RUNNING, Status.REJECTED, Status.FAILED, Status.CANCELLED}),
    Status.RUNNING: frozenset({Status.WAITING, *_ENDINGS}),
    Status.WAITING: frozenset({Status.RUNNING, *_ENDINGS}),
    Status.COMPLETED: frozenset({Status.ERASED}),
    Status.PARTIAL: frozenset({Status.ERASED}),
    Status.REJECTED: frozenset({Status.ERASED}),
    Status.FAILED: frozenset({Status.QUEUED, Status.ERASED}),
    Status.CANCELLED: frozenset({Status.ERASED}),
    Status.ERASED: frozenset(),
}
"""Every allowed change of status; nothing else ever happens to a record."""


class Stage(StrEnum):
    """A step of the walk."""

    INTAKE = "intake"
    RESTORE = "restore"
    PREFLIGHT = "preflight"
    READ = "read"
    ASSEMBLE = "assemble"
    CLASSIFY = "classify"
    REVIEW = "review"
    EXTRACT = "extract"
    EXPORT = "export"
    REDACT = "redact"
    ROUTE = "route"
    PLACE = "place"
    INDEX = "index"
    COMPLETE = "complete"


class Lane(StrEnum):
    """How a page is read."""

    TEXT = "text"
    CPU = "cpu"
    TEXTRACT = "textract"
    GPU = "gpu"


class LaneReason(StrEnum):
    """Why a page is read in its lane."""

    TEXT_LAYER_TRUSTED = "TEXT_LAYER_TRUSTED"
    NO_TEXT_LAYER = "NO_TEXT_LAYER"
    TEXT_LAYER_GARBLED = "TEXT_LAYER_GARBLED"
    IMAGE_INPUT = "IMAGE_INPUT"
    TEXT_INPUT = "TEXT_INPUT"
    FALLBACK_COLD = "FALLBACK_COLD"
    FALLBACK_FAILED = "FALLBACK_FAILED"
    POLICY = "POLICY"
    FORCED = "FORCED"


class LanePolicy(StrEnum):
    """What a document's owner wants most of the lanes that read its scans."""

    QUALITY = "quality"
    COST = "cost"
    FAST = "fast"


class BlockKind(StrEnum):
    """What part a block plays on its page."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    CAPTION = "caption"
    TABLE = "table"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"


class PageStatus(StrEnum):
    """Whether a page was read."""

    OK = "OK"
    ERROR = "ERROR"


class Priority(StrEnum):
    """Which intake queue a document waits in."""

    STANDARD = "standard"
    HIGH = "high"


class WaitingFor(StrEnum):
    """What a document that is WAITING goes on after."""

    REVIEW = "review"
    ZONE = "zone"
    CAPACITY = "capacity"


class Review(StrEnum):
    """Whether a person has to look at a revision, or has."""

    NONE = "NONE"
    REQUIRED = "REQUIRED"
    APPROVED = "APPROVED"
    CORRECTED = "CORRECTED"
    REJECTED = "REJECTED"


class ReviewMode(StrEnum):
    """What happens to a document that a person should look at.

    ``off``: nothing. ``mark``: its record says so, and it goes on under its level, which is
    CONFIDENTIAL where nothing else is known. ``park``: it waits, and goes on with the decision.
    """

    OFF = "off"
    MARK = "mark"
    PARK = "park"


class ReviewReason(StrEnum):
    """Why a person should look at a document."""

    TYPE_UNSURE = "TYPE_UNSURE"
    LEVEL_UNSURE = "LEVEL_UNSURE"
    MARKINGS_DIFFER = "MARKINGS_DIFFER"
    VALIDATION = "VALIDATION"


class PiiType(StrEnum):
    """What kind of personal or identifying data stands somewhere."""

    IBAN = "iban"
    BANK_ACCOUNT = "bank_account"
    PAYMENT_CARD = "payment_card"
    TAX_ID = "tax_id"
    VAT_ID = "vat_id"
    SOCIAL_SECURITY = "social_security"
    HEALTH_ID = "health_id"
    PASSPORT = "passport"
    ID_CARD = "id_card"
    DRIVING_LICENCE = "driving_licence"
    MACHINE_READABLE_ZONE = "machine_readable_zone"
    DATE_OF_BIRTH = "date_of_birth"
    PHONE = "phone"
    EMAIL = "email"
    IP_ADDRESS = "ip_address"
    URL = "url"
    PERSON = "person"
    ADDRESS = "address"


class FieldSource(StrEnum):
    """Where a value comes from; what comes first here counts more than what comes later."""

    REVIEW = "review"
    XML = "xml"
    TABLE = "table"
    LAYOUT = "layout"
    TEXTRACT = "textract"
    LLM = "llm"


class FieldType(StrEnum):
    """What a field's value is, and so how it is normalised."""

    TEXT = "text"
    IDENTIFIER = "identifier"
    DATE = "date"
    DURATION = "duration"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    QUANTITY = "quantity"
    CURRENCY = "currency"
    COUNTRY = "country"
    LANGUAGE = "language"
    IBAN = "iban"
    BIC = "bic"
    VAT_ID = "vat_id"
    ADDRESS = "address"
    BOOLEAN = "boolean"


class TableRole(StrEnum):
    """What the rows of a table are."""

    LINE_ITEMS = "line_items"
    TRANSACTIONS = "transactions"
    TAXES = "taxes"
    OTHER = "other"


class RowCode(StrEnum):
    """How it shows that rows are missing."""

    ROW_UNREAD = "ROW_UNREAD"
    COUNT_DIFFERS = "COUNT_DIFFERS"
    NUMBER_SKIPPED = "NUMBER_SKIPPED"
    BALANCE_BREAKS = "BALANCE_BREAKS"
    SUM_DIFFERS = "SUM_DIFFERS"
    PAGE_MISSING = "PAGE_MISSING"


class Action(StrEnum):
    """What an event tells."""

    STATUS = "status"
    CLASSIFIED = "classified"
    EXTRACTED = "extracted"
    ROUTED = "routed"
    REVIEW_CLAIMED = "review.claimed"
    REVIEW_DECIDED = "review.decided"
    LEVEL_RAISED = "level.raised"
    LEVEL_REQUESTED = "level.requested"
    LEVEL_APPROVED = "level.approved"
    LEVEL_REFUSED = "level.refused"
    HELD = "held"
    RELEASED = "released"
    ERASURE_REQUESTED = "erasure.requested"
    ERASED = "erased"
    POLICY_CHANGED = "policy.changed"


class Zone(StrEnum):
    """A place where a result may lie."""

    VAULT = "vault"
    BACKUP = "backup"
    SYNC = "sync"


class Malware(StrEnum):
    """What is known of malware in a source; what is INFECTED is rejected."""

    OFF = "OFF"
    CLEAN = "CLEAN"
    INFECTED = "INFECTED"
    UNSCANNED = "UNSCANNED"


class IndexScope(StrEnum):
    """How much of a document its level lets the index know."""

    FULL = "FULL"
    METADATA = "METADATA"
    NONE = "NONE"


class RejectedCode(StrEnum):
    """Why an input cannot be read; its sender can do something about it."""

    EMPTY = "EMPTY"
    ENCRYPTED = "ENCRYPTED"
    CORRUPT = "CORRUPT"
    UNSUPPORTED = "UNSUPPORTED"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_PAGES = "TOO_MANY_PAGES"
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS"
    BOMB = "BOMB"
    INFECTED = "INFECTED"
    REFUSED = "REFUSED"


class RetryableCode(StrEnum):
    """A passing state of a service."""

    THROTTLED = "THROTTLED"
    ENDPOINT_COLD = "ENDPOINT_COLD"
    ENDPOINT_ERROR = "ENDPOINT_ERROR"
    DEPENDENCY = "DEPENDENCY"
    ZONE_AWAY = "ZONE_AWAY"


class TerminalCode(StrEnum):
    """A defect or a broken promise of ours."""

    PAGES_MISSING = "PAGES_MISSING"
    CHECKSUM_MISMATCH = "CHECKSUM_MISMATCH"
    SOURCE_GONE = "SOURCE_GONE"
    DEADLINE = "DEADLINE"
    INTERNAL = "INTERNAL"


class PageCode(StrEnum):
    """Why one page could not be read."""

    PAGE_UNREADABLE = "PAGE_UNREADABLE"
    PAGE_TOO_LARGE = "PAGE_TOO_LARGE"
    PAGE_DEADLINE = "PAGE_DEADLINE"
    OCR_UNAVAILABLE = "OCR_UNAVAILABLE"


class WarningCode(StrEnum):
    """What was noticed and stops nothing."""

    NAME_MISMATCH = "NAME_MISMATCH"
    ACTIVE_CONTENT = "ACTIVE_CONTENT"
    REPAIRED = "REPAIRED"
    XML_DIFFERS = "XML_DIFFERS"
    EXPORT_FAILED = "EXPORT_FAILED"
    CHILDREN_SKIPPED = "CHILDREN_SKIPPED"
    MARKINGS_DIFFER = "MARKINGS_DIFFER"
    TEXT_DISGUISED = "TEXT_DISGUISED"
    TEXT_HIDDEN = "TEXT_HIDDEN"
    REDACTION_FAILED = "REDACTION_FAILED"
    EXTRACTION_FAILED = "EXTRACTION_FAILED"
    XML_UNREADABLE = "XML_UNREADABLE"
    VALUES_CONTRADICT = "VALUES_CONTRADICT"
    SEVERAL_DOCUMENTS = "SEVERAL_DOCUMENTS"
    PAGES_ABSENT = "PAGES_ABSENT"
    ROWS_MISSING = "ROWS_MISSING"
    VALUES_UNPROVEN = "VALUES_UNPROVEN"
    MODEL_SKIPPED = "MODEL_SKIPPED"
    TEXTRACT_SKIPPED = "TEXTRACT_SKIPPED"


class ApiCode(StrEnum):
    """Why a request was refused, besides the codes of documents."""

    INVALID_REQUEST = "INVALID_REQUEST"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    NOT_READY = "NOT_READY"
    CONFLICT = "CONFLICT"
    ERASED = "ERASED"
    HELD = "HELD"
