"""CloudWatch's metric math, as far as gates need it: arithmetic, comparisons, IF, FILL, and sums over one or many series.

A series is a dictionary from the time to the value; a number stands for itself at every time.
"""

import ast
import operator
import re
from typing import Any, Callable

ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
COMPARISONS = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
REDUCTIONS: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
    "MIN": min,
    "MAX": max,
}


class Unsupported(Exception):
    pass


def evaluate(expression: str, series: dict[str, dict[Any, float]], grids: dict[str, list[Any]]) -> Any:
    """The value of an expression over series by their ids, each of which has a grid of times at which it could be."""
    try:
        tree = ast.parse(re.sub(r"\^", "**", expression), mode="eval").body
    except SyntaxError as error:
        raise Unsupported(str(error)) from None
    return value_of(tree, series, grids)


def value_of(node: ast.AST, series: dict[str, dict[Any, float]], grids: dict[str, list[Any]]) -> Any:
    match node:
        case ast.Constant(value=int() | float()):
            return node.value
        case ast.Name(id=name) if name in series:
            return series[name]
        case ast.List(elts=items):
            return [value_of(item, series, grids) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return combined(operator.mul, -1, value_of(operand, series, grids))
        case ast.BinOp(op=kind) if type(kind) in ARITHMETIC:
            sides = [value_of(side, series, grids) for side in (node.left, node.right)]
            return combined(ARITHMETIC[type(kind)], *sides)
        case ast.Compare(ops=[kind], comparators=[right]) if type(kind) in COMPARISONS:
            compare = COMPARISONS[type(kind)]
            sides = [value_of(side, series, grids) for side in (node.left, right)]
            return combined(lambda a, b: float(compare(a, b)), *sides)
        case ast.Call(func=ast.Name(id="METRICS"), args=[]):
            return list(series.values())
        case ast.Call(func=ast.Name(id="IF"), args=[test, yes, no]):
            parts = [value_of(part, series, grids) for part in (test, yes, no)]
            return combined(lambda choice, a, b: a if choice else b, *parts)
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, by]):
            return fill(value_of(filled, series, grids), value_of(by, series, grids), times(filled, grids))
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in REDUCTIONS:
            return reduced(REDUCTIONS[name], value_of(argument, series, grids))
    raise Unsupported(ast.unparse(node))


def times(node: ast.AST, grids: dict[str, list[Any]]) -> list[Any]:
    """The times at which what an expression names could have values."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return sorted({time for name in names for time in grids.get(name, ())})


def combined(function: Callable[..., float], *sides: Any) -> Any:
    """AWS: there is a value where every side has one, and none where it would be a division by zero."""
    series = [side for side in sides if isinstance(side, dict)]
    if not series:
        return function(*sides)
    made = {}
    for time in sorted(set.intersection(*(set(side) for side in series))):
        try:
            made[time] = function(*(side[time] if isinstance(side, dict) else side for side in sides))
        except ZeroDivisionError:
            continue
    return made


def fill(series: dict[Any, float], by: float, grid: list[Any]) -> dict[Any, float]:
    return {time: by for time in grid} | series


def reduced(function: Callable[[list[float]], float], argument: Any) -> Any:
    """AWS: of one series a number over all times; of several a series, from what each has at a time."""
    if isinstance(argument, dict):
        return function(list(argument.values())) if argument else 0.0
    at = sorted({time for series in argument for time in series})
    return {time: function([series[time] for series in argument if time in series]) for time in at}
