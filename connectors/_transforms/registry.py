"""The transforms there are, by name, with the types of their arguments."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_origin, get_type_hints

from connectors.errors import MapError, TransformError

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Transform:
    """A function of one value, or of several, and what it may be told besides."""

    name: str
    function: Callable[..., Any]
    arguments: dict[str, type]
    required: frozenset[str]
    takes_several: bool
    gives_several: bool
    meaning: str
    of_currency: bool = False
    """Whether it is told, as `currency`, in which one amounts are where the value stands."""

    def problems(self, given: dict[str, Any]) -> list[str]:
        """What is wrong with the arguments a map gives."""
        found = [
            f"transform {self.name} takes no {name!r}; it takes {_listed(self.arguments)}"
            for name in sorted(given.keys() - self.arguments.keys())
        ]
        found += [f"transform {self.name} needs {n!r}" for n in sorted(self.required - set(given))]
        for name, value in given.items():
            wanted = self.arguments.get(name)
            flag = isinstance(value, bool) and wanted is int
            if wanted is not None and (flag or not isinstance(value, wanted)):
                found.append(f"transform {self.name}: {name!r} is to be a {wanted.__name__}")
        return found or self._refusals(given)

    def _refusals(self, given: dict[str, Any]) -> list[str]:
        """What shows only when it is tried, such as an expression that is none."""
        try:
            self.function([None] if self.takes_several else "", **given)
        except TransformError:
            pass  # an empty text need not please it
        except (re.error, ArithmeticError, ValueError, TypeError) as error:
            return [f"transform {self.name}: {error}"]
        return []


_TRANSFORMS: dict[str, Transform] = {}


def transform(*, several: bool = False, of_currency: bool = False) -> Callable[[_F], _F]:
    """Let maps use a function under its own name; `currency` comes from the map's run."""

    def register(function: _F) -> _F:
        hints = get_type_hints(function)
        options = [
            parameter
            for parameter in inspect.signature(function).parameters.values()
            if parameter.kind is parameter.KEYWORD_ONLY
            and not (of_currency and parameter.name == "currency")
        ]
        _TRANSFORMS[function.__name__] = Transform(
            name=function.__name__,
            function=function,
            arguments={each.name: hints[each.name] for each in options},
            required=frozenset(e.name for e in options if e.default is inspect.Parameter.empty),
            takes_several=several,
            gives_several=get_origin(hints["return"]) is list,
            meaning=(inspect.getdoc(function) or "").splitlines()[0],
            of_currency=of_currency,
        )
        return function

    return register


def find_transform(name: str) -> Transform:
    """The transform of that name; `MapError` offers the nearest."""
    if name not in _TRANSFORMS:
        near = difflib.get_close_matches(name, _TRANSFORMS, n=3) or sorted(_TRANSFORMS)
        raise MapError([f"unknown transform {name!r}; try {', '.join(near)}"])
    return _TRANSFORMS[name]


def transform_names() -> tuple[str, ...]:
    """All names, sorted."""
    return tuple(sorted(_TRANSFORMS))


def _listed(names: dict[str, type]) -> str:
    return ", ".join(sorted(names)) or "no arguments"
