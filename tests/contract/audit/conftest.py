"""A trail for each test: anchors of one are no business of another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.audit.trails import Trails
from tests.contract.premises import Premises

if TYPE_CHECKING:
    from tests.contract.engine.running import Engine


@pytest.fixture
def trails(premises: Premises) -> Trails:
    return Trails(Premises(engine_of(premises)))


def engine_of(premises: Premises) -> Engine:
    return premises._engine
