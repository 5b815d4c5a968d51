"""The messages of show/state.py in TypeScript, to check the page with."""

import dataclasses
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from slides.stage.show import state

_NAMES = {str: "string", bool: "boolean", int: "number", float: "number"}
_HEAD = "// Written by `invoke sync` from show/state.py, where each is explained.\n"


def typedefs() -> str:
    """Return the type of each message, as the text of page/messages.d.ts."""
    parts = [_HEAD, f"type Role = {_type(state.Role)};\n"]
    for each in (state.Slide, state.Run, state.Show, state.Command, state.Message):
        hints = get_type_hints(each)
        fields = "".join(
            f"  {field.name}: {_type(hints[field.name])};\n"
            for field in dataclasses.fields(each)
        )
        parts.append(f"interface {each.__name__} {{\n{fields}}}\n")
    return "\n".join(parts)


def _type(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is NoneType:
        return "null"
    if origin is Literal:
        return " | ".join(f'"{each}"' for each in arguments)
    if origin is UnionType:
        return " | ".join(map(_type, arguments))
    if origin is Mapping:
        return f"Record<string, {_type(arguments[1])}>"
    return str(_NAMES.get(hint, hint.__name__))
