"""Fields as people correct them: checked against the schema of the type, and laid out for Extract.

What they say is content: it goes into the work bucket, and no answer, record or log repeats it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from docparser.extract import corrections, schemas
from docparser.extract.corrections import Corrections
from docparser.store.blobs import JSON

from .problems import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docparser.model import DocumentType, Ref
    from docparser.model.extraction import FieldName
    from docparser.store.blobs import Blobs
    from docparser.store.policies import Policies


class FieldCorrections:
    """Takes corrections of fields.

    Parameters
    ----------
    work
        The bucket of the stages' outputs.
    policies
        Whose schemas tenants have.
    """

    def __init__(self, *, work: Blobs, policies: Policies) -> None:
        self._work = work
        self._policies = policies

    def checked(
        self, tenant: str, kind: DocumentType | None, said: Mapping[FieldName, Sequence[str]]
    ) -> Corrections:
        """Return what was said, as the schema of a document's type has it.

        Raises
        ------
        InvalidRequest
            The type has no schema, or its schema no such field; a value is not in the form of its
            type, or there are several where there can be one. The problem names the field.
        """
        schema = None if kind is None else schemas.of(kind, self._policies.of(tenant))
        if kind is None or schema is None:
            raise InvalidRequest("fields: documents of this type have none; say its type as well.")
        found = []
        for name, values in said.items():
            rule = schema.field(name)
            if rule is None:
                raise InvalidRequest(f"fields: {schema.definition} has no {name}.")
            if len(values) > 1 and not rule.many:
                raise InvalidRequest(f"fields: {schema.definition} has one {name}.")
            for value in values:
                field = corrections.corrected(name, rule.type, value)
                if field is None:
                    raise InvalidRequest(f"fields: {name} is not written as a {rule.type.value}.")
                found.append(field)
        return Corrections(type=kind, names=tuple(said), fields=tuple(found))

    def put(self, ref: Ref, said: Corrections) -> str:
        """Lay corrections out for a revision; return the id by which its record names them."""
        corrections_id = uuid.uuid4().hex
        self._work.put(corrections.key(ref, corrections_id), said.to_json(), JSON)
        return corrections_id

    def drop(self, ref: Ref, corrections_id: str) -> None:
        """Remove corrections that no record names."""
        self._work.delete(corrections.key(ref, corrections_id))
