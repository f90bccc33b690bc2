"""Cases of core_operations.py: element-wise functions, comparisons, selections."""

import torch
from torch.nn import functional

from core_cases import INFINITY, NAN, bell, halves, integers, with_values

# --- element-wise functions ------------------------------------------------------------------------------------------


class StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(context, x, function):
        return function(x)

    @staticmethod
    def backward(context, dy):
        return dy, None


def sign(x):
    """Propagates NaN, unlike torch.sign, which returns 0."""
    return torch.where(x.isnan(), x, torch.sign(x))


ROUNDED = (0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, -0.25, 3.0, -4.0, 8388609.0, -0.75)


def elementwise(cases):
    small = (3, 17)
    for name, operation, number, function in (
        ("sub_number", "sub", 0.75, lambda x: x - 0.75),
        ("div_number", "div", 3.0, lambda x: x / 3),
        ("rsub", "rsub", -1.25, lambda x: -1.25 - x),
    ):
        cases.add(name, operation, function, {"x": bell(name, *small, scale=2)}, number=number)

    for name, exponent in {"pow_0": 0.0, "pow_1": 1.0, "pow_2": 2.0, "pow_3": 3.0, "pow_minus_1": -1.0}.items():
        x = with_values(bell(name, *small), 0.0, -2.0, -1.0, 1.0, -0.5)
        cases.add(name, "pow", lambda x: torch.pow(x, exponent), {"x": x}, exponent=exponent)
    for name, exponent in {"pow_half": 0.5, "pow_minus_half": -0.5, "pow_2.5": 2.5}.items():
        x = with_values(bell(name, *small).abs() + 0.01, 0.0, 1.0, 4.0)
        cases.add(name, "pow", lambda x: torch.pow(x, exponent), {"x": x}, exponent=exponent)
    spoilt = torch.tensor([-2.0, NAN, 0.25, -0.5, INFINITY], dtype=torch.float64)
    for name, exponent in {"pow_nan": 0.5, "pow_nan_0": 0.0, "pow_nan_minus_1": -1.0}.items():
        cases.add(name, "pow", lambda x: torch.pow(x, exponent), {"x": spoilt}, gradient=False, exponent=exponent)

    for name, function in {"sin": torch.sin, "cos": torch.cos}.items():
        cases.add(name, name, function, {"x": with_values(bell(name, *small, scale=3), 0.0, 100.0, -77.5, 1e-6)})
    for name, alpha in {"elu": 1.0, "elu_half": 0.5}.items():
        x = with_values(bell(name, *small, scale=2), 0.0, 90.0, -90.0, -1e-6, 1e-6)
        cases.add(name, "elu", lambda x: functional.elu(x, alpha), {"x": x}, alpha=alpha)

    for name, function in {"round": torch.round, "floor": torch.floor, "sign": sign}.items():
        x = with_values(bell(name, *small, scale=3), *ROUNDED)
        cases.add(name, name, function, {"x": x}, gradient=False)
        cases.add(f"{name}_nan", name, function, {"x": with_values(x, NAN, INFINITY, -INFINITY)}, gradient=False)
        straight = lambda x, function=function: StraightThrough.apply(x, function)
        cases.add(f"{name}_straight_through", f"{name}_straight_through", straight, {"x": x})


# --- two tensors -----------------------------------------------------------------------------------------------------

PAIRS = {"": ((3, 5, 4), (3, 5, 4)), "_broadcast": ((3, 1, 7), (5, 1)), "_one": ((11,), (1,))}


def pairs(cases):
    for name, function in {"maximum": torch.maximum, "minimum": torch.minimum}.items():
        for suffix, shapes in PAIRS.items():
            key = name + suffix
            x, target = (halves(bell(f"{key} {i}", *shape)) for i, shape in enumerate(shapes))
            cases.add(key, name, function, {"x": x, "target": target})
        x = with_values(bell(f"{name}_same", 2, 3), 0.0)
        cases.add(f"{name}_same", f"{name}_same", lambda x: function(x, x), {"x": x})
        floats = {"x": torch.tensor([1.0, NAN, 2.0, NAN, INFINITY, -INFINITY], dtype=torch.float64),
                  "target": torch.tensor([NAN, 1.0, 3.0, NAN, 1.0, INFINITY], dtype=torch.float64)}
        cases.add(f"{name}_nan", name, function, floats, gradient=False)

    numbers = {"lt": 0.5, "le": 0.5, "gt": -0.5, "ge": -0.5, "eq": 1.0, "ne": 1.0}
    for name, number in numbers.items():
        function = getattr(torch, name)
        for suffix, shapes in PAIRS.items():
            x, target = (halves(bell(f"{name}{suffix} {i}", *shape)) for i, shape in enumerate(shapes))
            cases.add(name + suffix, name, function, {"x": x, "target": target}, gradient=False)
        x = halves(bell(f"{name}_number", 3, 17))
        cases.add(f"{name}_number", name, lambda x: function(x, number), {"x": x}, gradient=False, number=number)
        special = [NAN, 1.0, NAN, 0.0, INFINITY, -INFINITY]
        other = [1.0, NAN, NAN, -0.0, INFINITY, 2.0]
        floats = {"x": torch.tensor(special, dtype=torch.float64), "target": torch.tensor(other, dtype=torch.float64)}
        cases.add(f"{name}_nan", name, function, floats, gradient=False)
        ints = {"x": integers(f"int_{name} x", 4, 3, 5, 1), "target": integers(f"int_{name} y", 4, 5, 7)}
        cases.add(f"int_{name}", name, function, {}, ints)
        ints = {"x": integers(f"int_{name}_number", 4, 23) + 2**30}  # not distinguishable as floats
        cases.add(f"int_{name}_number", name, lambda x: function(x, 2**30 + 1), {}, ints, number=2**30 + 1)


def selections(cases):
    where = lambda x, target, condition: torch.where(condition != 0, x, target)
    floats = {"x": bell("where x", 3, 5, 7), "target": bell("where target", 3, 5, 7)}
    condition = integers("where", 3, 3, 5, 7)  # 2 is true, too
    cases.add("where", "where", where, floats, {"condition": condition})
    floats = {"x": bell("where_broadcast x", 5, 1), "target": bell("where_broadcast target", 2, 1, 1, 7)}
    cases.add("where_broadcast", "where", where, floats, {"condition": integers("where_broadcast", 2, 3, 1, 1)})
    ints = {"x": integers("int_where x", 9, 3, 5), "target": integers("int_where y", 9, 1, 5),
            "condition": integers("int_where", 2, 3, 5)}
    cases.add("int_where", "where", where, {}, ints)

    fill = lambda number: lambda x, mask: x.masked_fill(mask != 0, number)
    for name, shape, mask, number in (
        ("masked_fill", (3, 5, 7), (3, 5, 7), -2.5),
        ("masked_fill_broadcast", (2, 3, 5), (3, 1), 0.0),
        ("masked_fill_infinite", (2, 3, 4, 4), (4, 4), -INFINITY),
    ):
        causal = number == -INFINITY  # as attention's scores
        values = torch.ones(mask).triu(1).long() if causal else integers(name, 3, *mask)
        cases.add(name, "masked_fill", fill(number), {"x": bell(name, *shape)}, {"mask": values},
                  number="-Infinity" if causal else number)
    ints = {"x": integers("int_masked_fill x", 9, 3, 5), "mask": integers("int_masked_fill", 2, 5)}
    cases.add("int_masked_fill", "masked_fill", fill(-1), {}, ints, number=-1)
