#!/usr/bin/env python3
"""Writes one small day in every format of this folder: make_fixtures.py [folder]

10 trials, 4 bins, 3 units; count = (7 trial + 3 bin + unit) mod 6. Arrays stand there in every order of
axes, `spikes_tbu`, `spikes_but`, … by the first letters of the axes. Needs numpy, scipy and h5py.
"""
import importlib.util
import itertools
import os
import sys

import numpy as np
import scipy.io
import scipy.sparse

here = os.path.dirname(os.path.abspath(__file__))
folder = sys.argv[1] if len(sys.argv) > 1 else here
trials, bins, units = 10, 4, 3
t, b, u = np.meshgrid(np.arange(trials), np.arange(bins), np.arange(units), indexing="ij")
spikes = (7 * t + 3 * b + u) % 6
force = ((8 * t + 2 * b + u) / 4)[:, :, :2]
emg = (t - b / 8)[:, :, :1]
condition = ["left" if k % 2 == 0 else "right" for k in range(trials)]
trial_id = 50 - np.arange(trials)
reaction = np.arange(trials) / 2
reaction[3] = np.nan

arrays = {}
for order in itertools.permutations(range(3)):
    word = "".join("tbu"[axis] for axis in order)
    arrays[f"spikes_{word}"] = spikes.transpose(order).astype("u1")
    arrays[f"force_{word}"] = force.transpose(order)
    arrays[f"emg_{word}"] = emg.transpose(order).astype("f4")
arrays |= {"target": np.array(condition), "trial_id": trial_id.astype("i2"), "reaction_time": reaction,
           "unit_id": np.array([7, 8, 19], "i4"), "bin_ms": np.float64(20)}

np.savez_compressed(f"{folder}/day.npz", **arrays)
for name in ["spikes_tbu", "force_tbu", "emg_tbu", "target", "trial_id", "reaction_time", "unit_id"]:
    np.save(f"{folder}/{name}.npy", arrays[name])


def cells(items):
    result = np.empty((len(items), 1), dtype=object)
    for index, item in enumerate(items):
        result[index, 0] = item
    return result


def structures(items):
    result = np.empty((1, len(items)), dtype=[(name, "O") for name in items[0]])
    for index, item in enumerate(items):
        for name in item:
            result[0, index][name] = item[name]
    return result


def matlab(array):
    """As MATLAB keeps it: no extents of 1 after the second."""
    array = np.asarray(array)
    while array.ndim > 2 and array.shape[-1] == 1:
        array = array[..., 0]
    return array


def trial(k, length=bins):
    """Beyond the day's own bins stands what must not be read."""
    own = slice(0, length)
    more = max(0, length - bins)
    longer = lambda part, value: np.pad(part[k][own].T.astype("f8"), ((0, 0), (0, more)), constant_values=value)
    counts = longer(spikes, 5)
    return {
        "spikeRaster": scipy.sparse.csc_matrix(counts), "spikesByTime": counts.T.astype("u1"),
        "force": longer(force, 99), "emg": longer(emg, 99), "target": condition[k],
        "targetCode": np.float64(k % 2), "id": np.float64(trial_id[k]),
        "reaction_time": np.float64(reaction[k]) if k != 3 else np.zeros((0, 0))}


variables = {name: matlab(array) for name, array in arrays.items() if name not in ("target", "bin_ms")}
variables |= {
    "bin_ms": np.float64(20), "target": cells(condition).T,
    "data": {"spikes": matlab(spikes).astype("f8"), "conditionId": np.arange(trials) % 2 + 1.0},
    "R": structures([trial(k) for k in range(trials)]),
    # 4, 5 or 6 bins, and trial 6 (counted from 0) has only 3.
    "S": structures([
        {name: trial(k, 3 if k == 6 else 4 + k % 3)[name] for name in ("spikesByTime", "targetCode")}
        for k in range(trials)]),
    "T": structures([{"spikes": cells([np.array([0.5, 1.5]), np.zeros((0, 0))])} for k in range(2)]),
}
scipy.io.savemat(f"{folder}/v6.mat", variables, do_compression=False)
scipy.io.savemat(f"{folder}/v7.mat", variables, do_compression=True)

spec = importlib.util.spec_from_file_location(
    "make_fixtures", os.path.join(here, "../../ArrayFilesTests/Fixtures/matlab73.py"))
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.write(f"{folder}/v73.mat", variables)

def odd(k):
    """Trials of 6 bins, trial 2 of 3 bins, each with one thing wrong in one trial."""
    counts = np.ones((units, 3 if k == 2 else 6))
    negative = counts.copy()
    if k == 7:
        negative[1, 4] = -1
    return {
        "turned": counts.T if k == 5 else counts, "negative": negative, "spikes": counts,
        "twoLabels": np.array([1.0, 2.0]) if k == 4 else np.float64(k % 2),
        "textLabel": "a" if k == 3 else np.float64(k % 2)}


scipy.io.savemat(f"{folder}/odd.mat", {"R": structures([odd(k) for k in range(trials)])})
