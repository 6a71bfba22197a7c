"""A trail for each test: anchors of one are no business of another's."""

from __future__ import annotations

import pytest

from tests.contract.audit.trails import Trails
from tests.contract.premises import Premises


@pytest.fixture
def trails(premises: Premises) -> Trails:
    return Trails(Premises(premises.engine))
