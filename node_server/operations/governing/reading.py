"""A policy out of the text that somebody wrote, with the line and column of each fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml

from canonical_model.base.issue import Issue
from canonical_model.controls.policy import InvalidPolicy, Policy, read_policy
from node_server.errors import Refusal

LARGEST = 256 * 1024
_DEEPEST = 40
_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


class _Plain(yaml.SafeLoader):
    """YAML without tags, and without aliases: a few of these, one in another, never end."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise self._fault("aliases are not taken; write it out")
        if getattr(self.peek_event(), "tag", None) is not None:  # type: ignore[no-untyped-call]
            raise self._fault("tags are not taken; leave it out")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._fault("nested too deeply; a policy is flat")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _fault(self, problem: str) -> yaml.YAMLError:
        here = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        return yaml.MarkedYAMLError(problem=problem, problem_mark=here)


@lru_cache(maxsize=256)
def policy_of(text: bytes) -> Policy:
    """The policy that a text states; a refusal names all faults, each with its place."""
    if len(text) > LARGEST:
        raise Refusal(413, "body_too_large", f"a policy has at most {LARGEST} bytes; split it")
    root, tree = _parsed(text)
    twice = list(_twice(root, ""))
    try:
        policy = read_policy(tree)
    except InvalidPolicy as error:
        raise _refused(root, [*twice, *error.issues]) from None
    if twice:
        raise _refused(root, twice)
    return policy


def _parsed(text: bytes) -> tuple[Any, Any]:
    """The text as nodes that know their places, and as plain values. JSON is YAML too."""
    loader: Any = None
    try:
        loader = _Plain(_spaced(text.decode("utf-8-sig")))
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is no UTF-8; save it as UTF-8"
        raise Refusal(400, "body_unreadable", message) from None
    except yaml.YAMLError as error:
        raise _broken(error) from None
    except (ValueError, RecursionError, OverflowError) as error:
        message = f"not YAML: {str(error)[:100]}; quote what is no number and no date"
        raise Refusal(400, "body_unreadable", message) from None
    finally:
        if loader is not None:
            loader.dispose()


def _spaced(text: str) -> str:
    """JSON may be indented by tabs, which YAML does not take."""
    return text.replace("\t", " ") if text.lstrip()[:1] == "{" else text


def _broken(error: yaml.YAMLError) -> Refusal:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "not YAML")[:120]
    if mark is None:
        return Refusal(400, "body_unreadable", f"{problem}; send YAML or JSON")
    place = {"path": "", "code": "body_unreadable", "message": problem, **_place(mark)}
    message = f"line {mark.line + 1}, column {mark.column + 1}: {problem}"
    return Refusal(400, "body_unreadable", message, errors=[place])


def _place(mark: Any) -> dict[str, int]:
    return {"line": mark.line + 1, "column": mark.column + 1}


def _refused(root: Any, issues: list[Issue]) -> Refusal:
    places = [_told(root, each) for each in issues]
    more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
    first = places[0]
    where = f"line {first['line']}, column {first['column']}: " if "line" in first else ""
    message = f"not a policy: {where}{first['path']}: {first['message']}{more}"
    return Refusal(422, "body_invalid", message, errors=places)


def _told(root: Any, issue: Issue) -> dict[str, Any]:
    told: dict[str, Any] = {"path": issue.path or "", "code": issue.code, "message": issue.message}
    if issue.hint:
        told["hint"] = issue.hint
    mark = _mark(root, issue.path or "")
    return told | (_place(mark) if mark is not None else {})


def _mark(root: Any, path: str) -> Any:
    """Where a path stands in the text; of what is missing, where it would belong."""
    if root is None:
        return None
    node, mark = root, root.start_mark
    for index, name in _PART.findall(path):
        found = _below(node, int(index) if index else name)
        if found is None:
            break
        mark, node = found
    return mark


def _below(node: Any, part: int | str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark, value
    return None


def _twice(node: Any, path: str) -> Iterator[Issue]:
    """Keys that are stated twice: YAML keeps the last of them and says nothing."""
    if isinstance(node, yaml.SequenceNode):
        for at, each in enumerate(node.value):
            yield from _twice(each, f"{path}[{at}]")
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)[:40]
        here = f"{path}.{name}" if path else name
        if name in seen:
            message = f"{name!r} is stated twice; keep one of them"
            yield Issue(code="duplicate", severity="error", message=message, path=here)
        seen.add(name)
        yield from _twice(value, here)
