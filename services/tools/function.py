"""Makes a tool of a typed Python function with a docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from services.errors import ToolFailed
from services.tools.base import Caller, Tool

SECTION = re.compile(r"^(Args|Returns|Raises|Source):", re.M)
ARGUMENT = re.compile(r"^ {4}(\w+): (.+(?:\n {8,}.+)*)", re.M)
"""A parameter in an Args section, with the lines that go on."""


def tool_of(function: Callable[..., object], *, name: str, title: str) -> Tool:
    """Make a tool of a function.

    Its docstring is the description, without its sections; the lines of `Args` describe the
    parameters, whose types make the schema. A parameter of type Caller is filled in by us and
    unknown to the model.

    Args:
        function: typed, with a docstring in Google style.
        name: under which the model calls it.
        title: for people.
    """
    text, described = _read_docstring(function)
    hints = get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters
    wanted = [each for each in parameters.values() if hints[each.name] is not Caller]
    callers = [each for each in parameters if hints[each] is Caller]
    fields: dict[str, Any] = {
        each.name: (
            hints[each.name],
            Field(
                ... if each.default is inspect.Parameter.empty else each.default,
                description=described.get(each.name),
            ),
        )
        for each in wanted
    }
    model = create_model(name, __config__=ConfigDict(extra="forbid", strict=True), **fields)

    def run(arguments: Mapping[str, object], caller: Caller) -> object:
        checked = _check(model, arguments)
        values = {each.name: getattr(checked, each.name) for each in wanted}
        return function(**values, **{each: caller for each in callers})

    return Tool(name=name, title=title, description=text, parameters=_schema(model), run=run)


def _read_docstring(function: Callable[..., object]) -> tuple[str, dict[str, str]]:
    """Split a docstring into what the function does and what its parameters are."""
    docstring = inspect.getdoc(function) or ""
    parts = SECTION.split(docstring)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    described = {name: _one_line(text) for name, text in ARGUMENT.findall(sections.get("Args", ""))}
    return _one_line(parts[0]), described


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _schema(model: type[BaseModel]) -> dict[str, object]:
    """Give the schema without the titles that pydantic makes of names: they cost tokens."""
    schema = model.model_json_schema()
    schema.pop("title", None)
    for field in schema["properties"].values():
        field.pop("title", None)
    return schema


def _check(model: type[BaseModel], arguments: Mapping[str, object]) -> BaseModel:
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
            for each in error.errors(include_url=False, include_input=False)
        )
        raise ToolFailed(f"The arguments cannot be used: {wrong}.") from error
