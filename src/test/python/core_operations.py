#!/usr/bin/env python3
"""Numbers from PyTorch for reductions, indexing, broadcasting products, padding, masked and normalized weights and
further functions: golden/core_operations.safetensors.

    python3 core_operations.py [--check]            as goldens.py, whose conventions these are

The setting `cases` has the names of all cases; the setting of a case is JSON with its `operation` and attributes. Arrays
of a case: inputs `x`, `target` (the second), `weight`, `bias`, `gain`, floats but for the cases int_*, and integers
`indices`, `condition`, `mask`, `classes`; the result `y`, the gradient `dy` from above, and `d` + input for each float
input. A case without `dy` has a result of integers, or one that no gradient goes through. Where the library deliberately
does otherwise than PyTorch, the function here says how.
"""

import goldens
from core_axes import cross_entropies, integer_results, lookups, reductions
from core_cases import Cases
from core_elements import elementwise, pairs, selections
from core_products import convolutions, structure

GROUPS = (
    elementwise, pairs, selections, reductions, structure, convolutions, integer_results, lookups, cross_entropies,
)


def core_operations():
    cases = Cases()
    for group in GROUPS:
        group(cases)
    return cases.finish()


if __name__ == "__main__":
    goldens.FILES = {"core_operations": lambda name: core_operations()}
    goldens.main()
