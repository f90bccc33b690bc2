"""Cases of core_operations.py: reductions, and operations that return or accept indices."""

import torch
from torch.nn import functional

from core_cases import INFINITY, NAN, bell, halves, integers, to_float32, with_values

# --- reductions ------------------------------------------------------------------------------------------------------

IMAGE = (2, 3, 5, 4)
REDUCED = {"": (IMAGE, [-1]), "_axes": (IMAGE, [2, 0]), "_all": ((5, 3), []), "_one": ((3, 1, 2), [0, 1])}
KEPT = {"_keep": (IMAGE, [1, -1]), "_keep_all": ((5, 3), []), "_keep_last": ((3, 11), [-1])}


def axes_of(x, axes):
    return list(axes) if axes else list(range(x.dim()))


def first_extreme(x, axes, keep, largest):
    """Only the first of equal elements receives the gradient; amax and amin share it."""
    over = [axis % x.dim() for axis in axes_of(x, axes)]
    kept = [axis for axis in range(x.dim()) if axis not in over]
    rows = x.permute(*kept, *sorted(over)).flatten(len(kept))
    best = (torch.amax if largest else torch.amin)(rows.detach(), -1, keepdim=True)
    places = torch.arange(rows.shape[-1]).expand_as(rows)
    first = torch.where(rows.detach() == best, places, rows.shape[-1]).amin(-1, keepdim=True)
    y = rows.gather(-1, first).squeeze(-1)
    assert torch.equal(y, best.squeeze(-1))
    return y.reshape([1 if i in over else n for i, n in enumerate(x.shape)]) if keep else y


def log_sum_exp(x, axes, keep):
    """If the result is -infinity, the gradient is 0 (NaN in PyTorch)."""
    empty = (x == -INFINITY).all(axes[0], keepdim=True)
    y = torch.logsumexp(x.masked_fill(empty, 0.0), axes, keepdim=keep)
    y = y.masked_fill(empty if keep else empty.squeeze(axes[0]), -INFINITY)
    assert torch.equal(y, torch.logsumexp(x, axes, keepdim=keep))
    return y


def reductions(cases):
    plain = {
        "sum": lambda x, axes, keep: x.sum(axes, keepdim=keep),
        "mean": lambda x, axes, keep: x.mean(axes, keepdim=keep),
        "max": lambda x, axes, keep: x.amax(axes, keepdim=keep),
        "min": lambda x, axes, keep: x.amin(axes, keepdim=keep),
        "log_sum_exp": lambda x, axes, keep: x.logsumexp(axes, keepdim=keep),
        "var": lambda x, axes, keep: x.var(axes, keepdim=keep),
        "std": lambda x, axes, keep: x.std(axes, keepdim=keep),
    }

    def add(name, operation, function, x, axes, keep=False, gradient=True, **attributes):
        apply = lambda t: function(t, axes_of(t, axes), keep)
        cases.add(name, operation, apply, {"x": x}, gradient=gradient, axes=axes, keep_dims=keep, **attributes)

    for name, function in plain.items():
        variants = KEPT if name in ("sum", "mean", "max") else {**REDUCED, **KEPT}
        for suffix, (shape, axes) in variants.items():
            correction = {"correction": 1} if name in ("var", "std") else {}
            keep = suffix in KEPT
            add(name + suffix, name, function, bell(name + suffix, *shape, scale=2), axes, keep, **correction)

    for name in ("var", "std"):
        biased = lambda x, axes, keep: getattr(x, name)(axes, correction=0, keepdim=keep)
        add(f"{name}_biased", name, biased, bell(f"{name}_biased", *IMAGE), [1, 2], correction=0)
        add(f"{name}_biased_keep", name, biased, bell(f"{name}_biased_keep", 3, 11), [0], True, correction=0)
        offset = to_float32(bell(f"{name}_offset", 5, 13) + 1000)
        add(f"{name}_offset", name, plain[name], offset, [1], correction=1)
        add(f"{name}_biased_single", name, biased, bell(f"{name}_biased_single", 3, 1), [1], correction=0)
    x = bell("std_constant", 4, 3)
    x[1], x[3] = 0.75, 0.0
    add("std_constant", "std", plain["std"], x, [1], correction=1)
    add("var_constant", "var", plain["var"], x, [1], correction=1)

    for name in ("max", "min"):
        first = lambda x, axes, keep: first_extreme(x, axes, keep, name == "max")
        add(f"{name}_ties", name, first, halves(bell(f"{name}_ties", *IMAGE)), [3, 1])
        add(f"{name}_ties_keep", name, first, halves(bell(f"{name}_ties_keep", 5, 3)), [0], True)
    spoilt = with_values(bell("nan", 4, 5), 1.0, NAN, 2.0)
    for name in ("max", "min", "log_sum_exp", "var", "std"):
        correction = {"correction": 1} if name in ("var", "std") else {}
        add(f"{name}_nan", name, plain[name], spoilt, [1], gradient=False, **correction)

    large = to_float32(bell("log_sum_exp_large", 4, 5, scale=2) + torch.tensor([[1000.0], [-1000.0], [0.0], [80.0]]))
    add("log_sum_exp_large", "log_sum_exp", plain["log_sum_exp"], large, [1])
    infinite = bell("log_sum_exp_infinite", 4, 5)
    infinite[0], infinite[1, 2], infinite[3, :4] = -INFINITY, -INFINITY, -INFINITY
    for suffix, keep in {"": False, "_keep": True}.items():
        add(f"log_sum_exp_infinite{suffix}", "log_sum_exp", log_sum_exp, infinite, [1], keep)

    for name, shape, axis, epsilon in (
        ("l2_normalize", (3, 5, 7), -1, 1e-12),
        ("l2_normalize_axis0", (4, 3, 2), 0, 1e-12),
        ("l2_normalize_one", (5, 1), 1, 1e-12),
        ("l2_normalize_small", (5, 3), 1, 0.5),
        ("l2_normalize_zero", (3, 4), 1, 1e-3),
    ):
        x = bell(name, *shape)
        if name == "l2_normalize_small":
            x[1], x[3] = to_float32(0.1 * x[1]), to_float32(0.03 * x[3])
        elif name == "l2_normalize_zero":
            x[1] = 0.0
        normalize = lambda x: functional.normalize(x, dim=axis, eps=epsilon)
        cases.add(name, "l2_normalize", normalize, {"x": x}, axis=axis, epsilon=epsilon)


# --- integers --------------------------------------------------------------------------------------------------------


def top_k(x, k, axis):
    """Equal elements are ordered by index, which PyTorch does not specify."""
    sorted_values, order = torch.sort(x.detach(), dim=axis, descending=True, stable=True)
    indices = order.narrow(axis, 0, k)
    y = x.gather(axis, indices)
    expected = torch.topk(x.detach(), k, dim=axis).values
    assert torch.equal(y.nan_to_num(nan=99), expected.nan_to_num(nan=99))
    return y, {"indices": indices}


def first_index(x, axis, keep, largest):
    """torch.argmax and argmin return the first of equal elements."""
    return (torch.argmax if largest else torch.argmin)(x, axis, keepdim=keep)


def integer_results(cases):
    for name in ("argmax", "argmin"):
        for suffix, x, axis, keep in (
            ("", bell(f"{name}", 3, 5, 7), -1, False),
            ("_axis0", bell(f"{name}_axis0", 5, 3), 0, False),
            ("_keep", bell(f"{name}_keep", 3, 5, 7), 1, True),
            ("_ties", halves(bell(f"{name}_ties", 7, 11)), 1, False),
            ("_one", bell(f"{name}_one", 4, 1), 1, False),
            ("_vector", bell(f"{name}_vector", 13), 0, False),
            ("_nan", with_values(bell(f"{name}_nan", 4, 5), 1.0, NAN, NAN, 2.0), 1, False),
        ):
            apply = lambda x: first_index(x, axis, keep, name == "argmax")
            cases.add(name + suffix, name, apply, {"x": x}, gradient=False, axis=axis, keep_dims=keep)
    for name, x, k, axis in (
        ("top_k", bell("top_k", 3, 7), 3, -1),
        ("top_k_axis1", bell("top_k_axis1", 2, 5, 3), 2, 1),
        ("top_k_all", bell("top_k_all", 4, 5), 5, 1),
        ("top_k_1", bell("top_k_1", 5, 3), 1, 0),
        ("top_k_ties", halves(bell("top_k_ties", 5, 11)), 6, 1),
    ):
        cases.add(name, "top_k", lambda x: top_k(x, k, axis), {"x": x}, k=k, axis=axis)
    x = with_values(bell("top_k_nan", 3, 5), 1.0, NAN, -INFINITY, 2.0)
    cases.add("top_k_nan", "top_k", lambda x: top_k(x, 3, 1), {"x": x}, gradient=False, k=3, axis=1)
    for name, shape in {"one_hot": (2, 3), "one_hot_vector": (7,), "one_hot_one": (1, 1)}.items():
        classes = 1 if name == "one_hot_one" else 5
        one_hot = lambda x: functional.one_hot(x, classes)
        cases.add(name, "one_hot", one_hot, {}, {"x": integers(name, classes, *shape)}, classes=classes)


def lookups(cases):
    for name, shape, wanted, axis in (
        ("gather_0", (5, 3), (7, 3), 0),
        ("gather_1", (2, 5, 3), (2, 2, 3), 1),
        ("gather_last", (2, 3, 7), (2, 3, 11), -1),
        ("gather_one", (1, 1), (1, 4), 1),
    ):
        indices = integers(name, shape[axis], *wanted)
        cases.add(name, "gather", lambda x, i: torch.gather(x, axis, i), {"x": bell(name, *shape)}, {"indices": indices}, axis=axis)
    ints = {"x": integers("int_gather x", 99, 3, 5), "indices": integers("int_gather", 5, 3, 4)}
    cases.add("int_gather", "gather", lambda x, i: torch.gather(x, 1, i), {}, ints, axis=1)

    def index_select(x, indices, axis):
        selected = torch.index_select(x, axis, indices.flatten())
        return selected.reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1:])

    for name, shape, wanted, axis in (
        ("index_select_0", (5, 3), (7,), 0),
        ("index_select_1", (2, 5, 3), (4,), 1),
        ("index_select_last", (2, 3, 7), (1,), -1),
        ("index_select_matrix", (2, 5, 3), (3, 2), 1),
    ):
        indices = integers(name, shape[axis], *wanted)
        select = lambda x, i: index_select(x, i, axis % x.dim())
        cases.add(name, "index_select", select, {"x": bell(name, *shape)}, {"indices": indices}, axis=axis)
    for name, table, wanted in (("embedding", (7, 3), (11,)), ("embedding_3d", (5, 4), (2, 3, 2)), ("embedding_one", (1, 1), (1, 3))):
        indices = integers(name, table[0], *wanted)
        cases.add(name, "embedding", lambda x, i: functional.embedding(i, x), {"x": bell(name, *table)}, {"indices": indices})

    for name, shape, source, axis in (
        ("scatter_add_0", (5, 3), (11, 3), 0),
        ("scatter_add_1", (2, 5, 3), (2, 2, 3), 1),
        ("scatter_add_last", (2, 3, 7), (2, 3, 4), -1),
        ("scatter_add_one", (3, 1), (3, 5), 1),
    ):
        indices = integers(name, shape[axis], *source)
        floats = {"x": bell(f"{name} x", *shape), "target": bell(f"{name} target", *source)}
        cases.add(name, "scatter_add", lambda x, t, i: torch.scatter_add(x, axis, i, t), floats, {"indices": indices}, axis=axis)


def cross_entropies(cases):
    shape, ignored = (2, 3, 7), (-100, 5, 2, -100)
    for name, ignore, first in (
        ("cross_entropy_classes", None, ()),
        ("cross_entropy_ignore", -100, ignored),
        ("cross_entropy_ignore_minus1", -1, (-1, 3, -1)),
        ("cross_entropy_ignore_class", 0, (0, 1, 0, 4)),
        ("cross_entropy_none_ignored", -1, (1, 2, 3)),
    ):
        classes = integers(name, 7, *shape[:2], first=first)
        entropy = lambda x, c: functional.cross_entropy(x.flatten(0, -2), c.flatten(), ignore_index=-100 if ignore is None else ignore)
        attributes = {} if ignore is None else {"ignore_index": ignore}
        cases.add(name, "cross_entropy", entropy, {"x": bell(name, *shape, scale=5)}, {"classes": classes}, **attributes)
    # PyTorch: NaN, since it divides by the number of rows left.
    classes = torch.full((2, 3), -1)
    cases.add("cross_entropy_all_ignored", "cross_entropy", lambda x, c: (x * 0).sum(), {"x": bell("all ignored", *shape)},
              {"classes": classes}, ignore_index=-1)
