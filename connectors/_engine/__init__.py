"""Maps as data, compiled to plain functions. No network, no disk writes, no clock."""
