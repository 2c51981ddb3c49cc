"""The tool that calculates; small models cannot, and large ones are wrong now and then.

The evaluator knows numbers, the operators of arithmetic and the functions below, nothing else:
no names of Python's, no attributes, no text. What a single step may cost is bounded, since a step
cannot be interrupted.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable

from simpleeval import InvalidExpression, SimpleEval

from services.errors import ToolFailed
from services.tools.base import Tool
from services.tools.function import tool_of

LONGEST = 500
"""Characters of an expression."""
LARGEST_BITS = 4000
"""Of a whole number: 1,200 digits."""
MOST_FACTORS = 400
"""Of a factorial."""
SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "^": "**"})
"""As people write them."""

Number = int | float
FAILURES = (
    InvalidExpression,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
)
"""What a wrong expression ends with, in the parser or in a function."""


def make_calculator() -> Tool:
    """Make the tool."""
    return tool_of(calculator, name="calculator", title="Calculator")


def calculator(expression: str) -> str:
    """Calculate. Use it for every calculation that is more than adding small numbers.

    Args:
        expression: Arithmetic such as (1250 * 1.19 - 80) / 12, with + - * / // % ** ( ), pi, e,
            tau, sqrt, exp, log(x, base), log10, log2, sin, cos, tan, asin, acos, atan (radians),
            radians, degrees, abs, round, floor, ceil, min, max, factorial, comb, gcd.
            15 percent of 80 is 0.15 * 80.
    """
    if len(expression) > LONGEST:
        raise ToolFailed(f"The expression is longer than {LONGEST} characters.")
    evaluator = SimpleEval(operators=OPERATORS, functions=FUNCTIONS, names=NAMES)
    evaluator.nodes = {kind: evaluator.nodes[kind] for kind in NODES}
    try:
        parsed = ast.parse(expression.strip().translate(SIGNS), mode="eval").body
        result = evaluator.eval(expression, previously_parsed=parsed)
    except ZeroDivisionError as error:
        raise ToolFailed("That divides by zero.") from error
    except OverflowError as error:
        raise ToolFailed("The result is too large.") from error
    except FAILURES as error:
        raise ToolFailed(f"The expression cannot be calculated: {error}") from error
    return _to_text(_number(result))


def _to_text(number: Number) -> str:
    """Write a number; twelve digits of a fraction are more than its error."""
    if isinstance(number, int):
        return str(number)
    if not math.isfinite(number):
        raise ToolFailed("The result is not a number, or it is too large.")
    return f"{number:.12g}"


def _number(value: object) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("there is something in it that is not a number")
    if isinstance(value, int) and value.bit_length() > LARGEST_BITS:
        raise OverflowError
    return value


def _bounded(function: Callable[..., object]) -> Callable[..., Number]:
    """Let a function take numbers only, and give one that is not too long."""

    def apply(*values: object) -> Number:
        return _number(function(*(_number(value) for value in values)))

    return apply


def _power(base: Number, exponent: Number) -> object:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and int(base).bit_length() * abs(exponent) > LARGEST_BITS:
        raise OverflowError
    return base**exponent


def _round(value: Number, digits: Number = 0) -> Number:
    if not isinstance(digits, int) or abs(digits) > 20:
        raise ValueError("round takes at most 20 digits")
    return round(value, digits)


def _factorial(count: Number) -> int:
    if not isinstance(count, int) or count > MOST_FACTORS:
        raise OverflowError
    return math.factorial(count)


def _comb(count: Number, chosen: Number) -> int:
    if not isinstance(count, int) or not isinstance(chosen, int) or count > MOST_FACTORS:
        raise OverflowError
    return math.comb(count, chosen)


NODES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant)
OPERATORS = {
    ast.Add: _bounded(operator.add),
    ast.Sub: _bounded(operator.sub),
    ast.Mult: _bounded(operator.mul),
    ast.Div: _bounded(operator.truediv),
    ast.FloorDiv: _bounded(operator.floordiv),
    ast.Mod: _bounded(operator.mod),
    ast.Pow: _bounded(_power),
    ast.USub: _bounded(operator.neg),
    ast.UAdd: _bounded(operator.pos),
}
FUNCTIONS = {
    function.__name__.strip("_"): _bounded(function)
    for function in (
        *(math.sqrt, math.exp, math.log, math.log10, math.log2),
        *(math.sin, math.cos, math.tan, math.asin, math.acos, math.atan),
        *(math.radians, math.degrees, abs, min, max, math.floor, math.ceil, math.gcd),
        *(_round, _factorial, _comb),
    )
}
NAMES = {"pi": math.pi, "e": math.e, "tau": math.tau}
