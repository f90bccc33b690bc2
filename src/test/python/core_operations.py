#!/usr/bin/env python3
"""Golden values for reductions, indexing, broadcasting products, padding, masked and normalized weights and
further functions: golden/core_operations.safetensors.

    python3 core_operations.py [--check]            usage and conventions as in goldens.py

The setting `cases` has the names of all cases; the setting of a case is JSON with its `operation` and attributes. Arrays
of a case: inputs `x`, `target` (the second operand), `weight`, `bias`, `gain`, floats except in cases int_*, integers
`indices`, `condition`, `mask`, `classes`; the result `y`, the output gradient `dy`, and `d` + input for each float
input. A case without `dy` has an integer result, or one without gradient. The functions document where the library
deliberately differs from PyTorch.
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
