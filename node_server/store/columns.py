"""What every table is made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by themselves only in a plain INTEGER column.
Position = BigInteger().with_variant(Integer, "sqlite")


def text(name: str, *, empty: bool = False) -> Column[str]:
    """A column of text."""
    return Column(name, Text, nullable=empty)


def time(name: str, *, empty: bool = False) -> Column[str]:
    """An RFC 3339 instant in UTC as text: sorts, and reads the same in every database."""
    return Column(name, Text, nullable=empty)


def count(name: str, default: int = 0) -> Column[int]:
    """A whole number."""
    return Column(name, BigInteger, nullable=False, server_default=str(default))


def numbered() -> Column[int]:
    """The place of a row in the order of their making."""
    return Column("position", Position, primary_key=True, autoincrement=True)


def of_record() -> ForeignKeyConstraint:
    """Goes when its record goes."""
    there = ["records.tenant", "records.id"]
    return ForeignKeyConstraint(["tenant", "record_id"], there, ondelete="CASCADE")


def of_connection() -> ForeignKeyConstraint:
    """Goes when its connection goes."""
    there = ["connections.tenant", "connections.id"]
    return ForeignKeyConstraint(["tenant", "connection_id"], there, ondelete="CASCADE")
