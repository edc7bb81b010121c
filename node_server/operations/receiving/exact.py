"""Events read with every number as it was written."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
