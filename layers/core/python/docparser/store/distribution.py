"""A CDN (CloudFront): what it has copied of a bucket can only be taken back by asking."""

from __future__ import annotations

import uuid
from typing import Any


class Distribution:
    """One distribution, whose paths are the keys of the bucket behind it."""

    def __init__(self, client: Any, distribution_id: str) -> None:
        self._client = client
        self._id = distribution_id

    def forget(self, prefix: str) -> None:
        """Let no edge answer with what lies below a prefix."""
        self._client.create_invalidation(
            DistributionId=self._id,
            InvalidationBatch={
                "Paths": {"Quantity": 1, "Items": [f"/{prefix}*"]},
                # The same reference would be the same invalidation, whatever came since.
                "CallerReference": uuid.uuid4().hex,
            },
        )
