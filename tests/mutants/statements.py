"""Slips in the order of statements: one is left out, two change places, a loop ends early or begins late."""

import ast
import copy
from collections.abc import Iterator


def other_bodies(body: list[ast.stmt], inside: set[int]) -> Iterator[list[ast.stmt]]:
    """The statements of a block with one slip.

    Args:
        body: the block.
        inside: numbers of the lines that may change.
    """
    for number, statement in enumerate(body):
        if statement.lineno not in inside:
            continue
        before, after = body[:number], body[number + 1 :]
        yield [*before, *after]
        if after and after[0].lineno in inside:
            yield [*before, after[0], statement, *after[1:]]
        for other in _other_statements(statement):
            yield [*before, *other, *after]


def _other_statements(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """What could stand in place of one statement."""
    match statement:
        case ast.Break():
            yield [ast.Continue()]
        case ast.Continue():
            yield [ast.Break()]
        case ast.Return(value=ast.expr()):
            yield [ast.Return(ast.Constant(None))]
        case ast.AugAssign(target=target, op=operator, value=value):
            yield [ast.Assign([target], value, lineno=statement.lineno)]
            yield [ast.AugAssign(target, _turned(operator), value)]
        case ast.For() | ast.While():
            yield [_with_body(statement, [*statement.body, ast.Break()])]
            yield from ([*_indented(statement, number)] for number in range(len(statement.body)))
        case ast.If(body=inner, orelse=orelse):
            yield list(inner)
            if orelse:
                yield list(orelse)


def _indented(loop: ast.For | ast.While, number: int) -> list[ast.stmt]:
    """The loop with its last statements below it, as if they were indented too little."""
    if number == 0:
        return [loop]
    return [_with_body(loop, loop.body[:number]), *loop.body[number:]]


def _with_body(statement: ast.For | ast.While, body: list[ast.stmt]) -> ast.stmt:
    changed = copy.copy(statement)
    changed.body = body
    return changed


def _turned(operator: ast.operator) -> ast.operator:
    turned = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Mult: ast.Div}
    return turned.get(type(operator), ast.Add)()
