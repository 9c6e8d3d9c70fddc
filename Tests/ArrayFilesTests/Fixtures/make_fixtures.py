#!/usr/bin/env python3
"""Writes the numpy and MATLAB files of this folder: make_fixtures.py [folder]

Entry [i, j, k] of every array of shape 2 x 3 x 4 is n = 12 i + 4 j + k (unsigned), n - 5 (signed) or
(n - 5) / 4 (floating-point). Needs numpy, scipy and h5py.
"""
import os
import sys

import numpy as np
import scipy.io
import scipy.sparse

import matlab73

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
n = np.arange(24).reshape(2, 3, 4)


def values(dtype):
    kind = np.dtype(dtype).kind
    if kind == "b":
        return (n % 3 == 0).astype(dtype)
    return ((n - 5) / 4 if kind == "f" else n - 5 if kind == "i" else n).astype(dtype)


# numpy

arrays = {}
for code in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
    for order, word in (("<", "little"), (">", "big")):
        array = values(order + code)
        arrays[f"{code}_{word}"] = array
        arrays[f"{code}_{word}_fortran"] = np.asfortranarray(array)
texts = np.array([["left", "", "größer"], ["a b", "\U0001d70b", "x"]])
arrays["U_little"] = texts.astype("<U6")
arrays["U_big"] = np.asfortranarray(texts.astype(">U6"))
arrays["S"] = np.char.encode(texts, "utf-8")
arrays["scalar"] = np.float64(20)
arrays["empty"] = np.zeros((3, 0, 2), "<f4")
arrays["special"] = np.array([np.nan, np.inf, -np.inf, -0.0, 2.0**-24], "<f2")
arrays["large"] = np.array([2**63], "<u8")
arrays["pi_names"] = np.array(["x", "y"])
np.savez(f"{folder}/stored.npz", **arrays)
np.savez_compressed(f"{folder}/deflated.npz", **arrays)


def npy(name, array, **options):
    with open(f"{folder}/{name}.npy", "wb") as file:
        np.lib.format.write_array(file, array, **options)


npy("version1", values("<f4"), version=(1, 0))
npy("version2", values("<f4"), version=(2, 0))
npy("version3", values("<f4"), version=(3, 0))
npy("fortran", np.asfortranarray(values(">i2")))
npy("objects", np.array(["a", 1], dtype=object), allow_pickle=True)
npy("records", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
npy("complex", np.zeros(2, "<c8"))

# MATLAB


def cells(items):
    result = np.empty((1, len(items)), dtype=object)
    for index, item in enumerate(items):
        result[0, index] = item
    return result


def structures(items):
    result = np.empty((1, len(items)), dtype=[(name, "O") for name in items[0]])
    for index, item in enumerate(items):
        for name in item:
            result[0, index][name] = item[name]
    return result


variables = {name: values(code) for name, code in [
    ("double", "f8"), ("single", "f4"), ("int8", "i1"), ("int16", "i2"), ("int32", "i4"),
    ("int64", "i8"), ("uint8", "u1"), ("uint16", "u2"), ("uint32", "u4"), ("uint64", "u8")]}
grid = np.add.outer(10.0 * np.arange(3), np.arange(4))
odd = (np.add.outer(np.arange(3), np.arange(4)) % 2).astype(bool)
variables |= {
    "logical": odd, "sparse": scipy.sparse.csc_matrix(grid * odd),
    "sparse_zero": scipy.sparse.csc_matrix((3, 2)), "large": np.array([[2**63]], "u8"),
    "text": "hell\u00f6", "rows": np.array(["ab", "c\u00e9df", "g"]), "blank": "",
    "texts": cells(["left", "", "right"]), "mixed": cells(["a", np.float64(1)]),
    "empty": np.zeros((0, 3)), "complex": np.array([[1 + 2j]]), "bin_ms": np.float64(20),
    "data": {"spikes": values("f8")[0], "inner": {"y": np.float64(5)}},
    "data_names": cells(["x", "y", "z"]),
    "R": structures([
        {"spikes": values("f8")[0, :, :k + 1], "code": np.uint8(k), "name": ["left", "right", ""][k],
         "held": scipy.sparse.csc_matrix(grid * odd)} for k in range(3)]),
}
scipy.io.savemat(f"{folder}/v6.mat", variables, do_compression=False)
scipy.io.savemat(f"{folder}/v7.mat", variables, do_compression=True)
scipy.io.savemat(f"{folder}/v4.mat", {"x": grid}, format="4")


matlab73.write(f"{folder}/v73.mat", variables)
