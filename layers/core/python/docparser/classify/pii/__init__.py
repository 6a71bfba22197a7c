"""Personal and identifying data: what of it stands where.

`PiiWatch` reads pages in order and asks engines; `RuleEngine` is the one that ships and needs
nothing outside the function, `ComprehendEngine` asks a service and is off unless it is given.
"""

from .engine import Hit, PiiEngine
from .rules import RuleEngine
from .watch import PiiWatch

__all__ = ["Hit", "PiiEngine", "PiiWatch", "RuleEngine"]
