"""Slips in expressions: what a hurried learner, or one with a wrong idea, could have written in place of one."""

import ast
import copy
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from scopes import TOKENS, Scope

Others = Iterator[ast.expr]
_OF_SHAPES = ("len", "full_like", "zeros_like", "ones_like", "view_as")
NO_SLIPS = ("strict",)  # arguments that only ask for an error where lengths differ, which no input of an exercise has

_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Div),
    ast.Mult: (ast.Div, ast.Add, ast.MatMult),
    ast.Div: (ast.Mult, ast.FloorDiv, ast.Sub),
    ast.FloorDiv: (ast.Div, ast.Mod),
    ast.Mod: (ast.FloorDiv, ast.Div),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr, ast.BitXor),
    ast.BitOr: (ast.BitAnd, ast.BitXor),
}
_COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt, ast.NotEq),
    ast.LtE: (ast.Lt, ast.GtE, ast.Eq),
    ast.Gt: (ast.GtE, ast.Lt, ast.NotEq),
    ast.GtE: (ast.Gt, ast.LtE, ast.Eq),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq, ast.Lt, ast.Gt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
# Functions and methods that are taken for one another.
_CALLED: dict[str, tuple[str, ...]] = {
    "all": ("any",),
    "amax": ("amin",),
    "amin": ("amax",),
    "any": ("all",),
    "append": ("extend",),
    "argmax": ("argmin", "max"),
    "bmm": ("mul",),
    "cat": ("stack",),
    "ceil": ("floor",),
    "clone": ("detach",),
    "enumerate": ("list",),
    "exp": ("log", "expm1"),
    "flatten": ("squeeze",),
    "full_like": ("zeros_like",),
    "gather": ("take",),
    "items": ("keys",),
    "log": ("exp", "log2"),
    "log_softmax": ("softmax", "log"),
    "masked_fill": ("masked_fill_",),
    "max": ("min", "sum"),
    "mean": ("sum", "max"),
    "min": ("max",),
    "ones": ("zeros",),
    "prod": ("sum",),
    "set": ("list",),
    "sigmoid": ("tanh", "relu"),
    "softmax": ("log_softmax", "sigmoid", "tanh"),
    "sorted": ("list", "reversed"),
    "sqrt": ("log", "exp"),
    "squeeze": ("flatten",),
    "stack": ("cat",),
    "sum": ("mean", "prod", "max"),
    "tanh": ("sigmoid", "relu"),
    "topk": ("sort",),
    "total": ("__len__",),
    "unsqueeze": ("squeeze",),
    "values": ("keys",),
    "zero_grad": ("step",),
    "zeros": ("ones",),
}


def is_checked_only(node: Any) -> bool:
    """Whether a node is an argument that no slip can be told by."""
    return isinstance(node, ast.keyword) and node.arg in NO_SLIPS


def mark_where_only_shapes_count(parent: Any) -> None:
    """Mark names of which only the shape is used, as in `len(x)`: another sign of their numbers is no slip."""
    match parent:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]) if name in _OF_SHAPES:
            first.only_shape = True
        case ast.Attribute(value=value, attr="shape"):
            value.only_shape = True


def other_expressions(node: Any, scope: Scope) -> Others:
    """What could stand in the place of a node; nothing for statements, which `statements` knows."""
    rules: dict[type, Callable[[Any, Scope], Others]] = {
        ast.BinOp: _binary,
        ast.BoolOp: _logical,
        ast.UnaryOp: _unary,
        ast.Compare: _comparison,
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Call: _call,
        ast.Slice: _slice,
        ast.Subscript: _subscript,
        ast.IfExp: _choice,
        ast.Tuple: _tuple,
        ast.List: _listed,
        ast.Starred: _starred,
        ast.ListComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.DictComp: _comprehension,
        ast.SetComp: _comprehension,
        ast.If: _tested,
        ast.While: _tested,
        ast.For: _looped,
        ast.keyword: _keyword,
    }
    return rules[type(node)](node, scope) if type(node) in rules else iter(())


def _with(node: Any, **changes: Any) -> Any:
    """A copy of a node with other fields."""
    changed = copy.copy(node)
    for field, value in changes.items():
        setattr(changed, field, value)
    return changed


def _binary(node: ast.BinOp, scope: Scope) -> Others:
    for operator in _OPERATORS.get(type(node.op), ()):
        yield _with(node, op=operator())
    yield _with(node, left=node.right, right=node.left)
    yield from (node.left, node.right)


def _logical(node: ast.BoolOp, scope: Scope) -> Others:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    yield from node.values


def _unary(node: ast.UnaryOp, scope: Scope) -> Others:
    yield node.operand


def _comparison(node: ast.Compare, scope: Scope) -> Others:
    for operator in _COMPARISONS[type(node.ops[0])]:
        yield _with(node, ops=[operator(), *node.ops[1:]])
    yield ast.UnaryOp(ast.Not(), node)
    yield ast.UnaryOp(ast.Invert(), node)


def _constant(node: ast.Constant, scope: Scope) -> Others:
    match node.value:
        case bool(value):
            others: tuple[Any, ...] = (not value,)
        case int(value):
            others = tuple(other for other in (value + 1, value - 1, -value, 2 * value) if other != value)
        case float(value):
            others = (value + 1.0, value / 2, -value)
        case str(value):
            others = ("", value + "s")
        case _:
            others = ()
    yield from (_number(other) for other in dict.fromkeys(others))


def _number(value: Any) -> ast.expr:
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _name(node: ast.Name, scope: Scope) -> Others:
    if isinstance(node.ctx, ast.Load):
        known = TOKENS if node.id in TOKENS else scope.names if node.id in scope.names else ()
        yield from (_with(node, id=other) for other in known if other != node.id)
    if isinstance(node.ctx, ast.Load) and node.id in scope.names and not hasattr(node, "only_shape"):
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))
        yield ast.UnaryOp(ast.USub(), node)


def _attribute(node: ast.Attribute, scope: Scope) -> Others:
    if isinstance(node.value, ast.Name) and node.value.id == "self":
        yield from (_with(node, attr=other) for other in scope.parts if other != node.attr)
    if node.attr == "T":
        yield node.value


def _call(node: ast.Call, scope: Scope) -> Others:
    yield from chain(_other_functions(node), _other_arguments(node), _left_out(node))
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        yield from _ranges(node)


def _other_functions(node: ast.Call) -> Others:
    function = node.func
    if isinstance(function, ast.Attribute):
        for other in _CALLED.get(function.attr, ()):
            yield _with(node, func=_with(function, attr=other))
    elif isinstance(function, ast.Name):
        for other in _CALLED.get(function.id, ()):
            yield _with(node, func=ast.Name(other, ast.Load()))


def _other_arguments(node: ast.Call) -> Others:
    """Two arguments change places, or one is left out."""
    arguments = node.args
    for first in range(len(arguments)):
        yield _with(node, args=[*arguments[:first], *arguments[first + 1 :]])
        for second in range(first + 1, len(arguments)):
            changed = list(arguments)
            changed[first], changed[second] = arguments[second], arguments[first]
            yield _with(node, args=changed)
    for number, keyword in enumerate(node.keywords):
        if keyword.arg in NO_SLIPS:
            continue
        yield _with(node, keywords=[*node.keywords[:number], *node.keywords[number + 1 :]])


def _left_out(node: ast.Call) -> Others:
    """The call is forgotten: what it was given stays."""
    yield from node.args[:2]
    if isinstance(node.func, ast.Attribute):
        yield node.func.value


def _ranges(node: ast.Call) -> Others:
    end = node.args[-1]
    for operator in (ast.Add(), ast.Sub()):
        yield _with(node, args=[*node.args[:-1], ast.BinOp(end, operator, ast.Constant(1))])
    if len(node.args) == 1:
        yield _with(node, args=[ast.Constant(1), end])


def _slice(node: ast.Slice, scope: Scope) -> Others:
    yield from (_with(node, **{bound: None}) for bound in ("lower", "upper", "step") if getattr(node, bound))
    if node.lower is None:
        yield _with(node, lower=ast.Constant(1))
    if node.upper is None:
        yield _with(node, upper=ast.UnaryOp(ast.USub(), ast.Constant(1)))
    for bound in ("lower", "upper"):
        if (value := getattr(node, bound)) is not None and not isinstance(value, ast.Constant):
            for operator in (ast.Add(), ast.Sub()):
                yield _with(node, **{bound: ast.BinOp(value, operator, ast.Constant(1))})


def _subscript(node: ast.Subscript, scope: Scope) -> Others:
    if isinstance(node.ctx, ast.Load):
        yield node.value
    if not isinstance(node.slice, ast.Slice | ast.Tuple | ast.Constant):
        for operator in (ast.Add(), ast.Sub()):
            yield _with(node, slice=ast.BinOp(node.slice, operator, ast.Constant(1)))


def _choice(node: ast.IfExp, scope: Scope) -> Others:
    yield _with(node, body=node.orelse, orelse=node.body)
    yield from (node.body, node.orelse)


def _tuple(node: ast.Tuple, scope: Scope) -> Others:
    for first in range(len(node.elts) - 1):
        swapped = list(node.elts)
        swapped[first], swapped[first + 1] = node.elts[first + 1], node.elts[first]
        yield _with(node, elts=swapped)
    if isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield from (_with(node, elts=[*node.elts[:n], *node.elts[n + 1 :]]) for n in range(len(node.elts)))


def _listed(node: ast.List, scope: Scope) -> Others:
    for number in range(len(node.elts)):
        yield _with(node, elts=[*node.elts[:number], *node.elts[number + 1 :]])
    if len(node.elts) == 2:
        yield _with(node, elts=node.elts[::-1])


def _starred(node: ast.Starred, scope: Scope) -> Others:
    yield node.value


def _comprehension(node: Any, scope: Scope) -> Others:
    for number, loop in enumerate(node.generators):
        for other in _other_loops(loop):
            yield _with(node, generators=[*node.generators[:number], other, *node.generators[number + 1 :]])
    if len(node.generators) > 1:
        yield _with(node, generators=node.generators[::-1])
    if isinstance(node, ast.DictComp):
        yield _with(node, key=node.value, value=node.key)


def _other_loops(loop: ast.comprehension) -> Iterator[ast.comprehension]:
    for number, test in enumerate(loop.ifs):
        others = [*loop.ifs[:number], *loop.ifs[number + 1 :]]
        yield _with(loop, ifs=others)
        yield _with(loop, ifs=[*others, ast.UnaryOp(ast.Not(), test)])
    yield from (_with(loop, iter=other) for other in _in_part(loop.iter))


def _tested(node: ast.If | ast.While, scope: Scope) -> Iterator[ast.stmt]:
    yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _looped(node: ast.For, scope: Scope) -> Iterator[ast.stmt]:
    yield from (_with(node, iter=other) for other in _in_part(node.iter))


def _in_part(values: ast.expr) -> Others:
    """What is looped over without its first, without its last, and from behind."""
    listed = ast.Call(ast.Name("list", ast.Load()), [values], [])
    minus_one = ast.UnaryOp(ast.USub(), ast.Constant(1))
    for part in (
        ast.Slice(ast.Constant(1), None, None),
        ast.Slice(None, minus_one, None),
        ast.Slice(None, None, minus_one),
    ):
        yield ast.Subscript(listed, part, ast.Load())


def _keyword(node: ast.keyword, scope: Scope) -> Iterator[ast.keyword]:
    turned = {"min": "max", "max": "min"}
    if node.arg in turned:
        yield _with(node, arg=turned[node.arg])
