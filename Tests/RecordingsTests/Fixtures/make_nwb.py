"""Writes small NWB files with pynwb, in the layouts of the Neural Latents Benchmark, and what numpy
makes of them. Usage: python3 make_nwb.py FOLDER    (needs pynwb, numpy, h5py)"""

import sys
from datetime import datetime, timezone

import h5py
import numpy as np
from hdmf.backends.hdf5.h5_utils import H5DataIO
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.behavior import Position, SpatialSeries
from pynwb.file import Subject

NS = 10**9


def new_file(name, subject):
    return NWBFile(
        session_description=f"{name}, made up", identifier=name, session_id=name, lab="Nowhere",
        session_start_time=datetime(2009, 9, 18, 12, 0, tzinfo=timezone.utc),
        # Without it pynwb would store when the file was made.
        file_create_date=datetime(2024, 1, 15, tzinfo=timezone.utc),
        subject=Subject(subject_id=subject, species="Macaca mulatta", sex="M", age="P6Y"))


def add_electrodes(nwb, locations):
    device = nwb.create_device("array")
    groups = {}
    for index, location in enumerate(locations):
        if location not in groups:
            groups[location] = nwb.create_electrode_group(
                f"group_{location}", description="", location=location, device=device)
        nwb.add_electrode(
            id=index, x=0.0, y=0.0, z=0.0, imp=0.0, location=location, filtering="none",
            group=groups[location])
    return groups


def spikes(rng, rate, end, resolution=30000):
    """Ascending, at most one a sample, as a sorter gives them."""
    samples = rng.choice(int(end * resolution), int(rate * end), replace=False)
    return np.sort(samples) / resolution


def series(name, data, **more):
    if isinstance(more.get("timestamps"), np.ndarray):
        more["timestamps"] = H5DataIO(more["timestamps"], compression="gzip", shuffle=True)
    return TimeSeries(
        name=name, data=H5DataIO(data, compression="gzip", shuffle=True), unit="mm", **more)


def write(nwb, folder):
    with NWBHDF5IO(f"{folder}/{nwb.identifier}.nwb", "w") as io:
        io.write(nwb, cache_spec=False)


def counts(times, starts, bin_ms, bins):
    """numpy.histogram of whole nanoseconds; its last bin is closed, so that one more is asked for."""
    width = round(bin_ms * 1e6)
    result = np.zeros((len(starts), bins, len(times)))
    for unit, spike_times in enumerate(times):
        ticks = np.round(np.asarray(spike_times) * NS).astype(np.int64)
        for trial, start in enumerate(starts):
            edges = start + width * np.arange(bins + 2)
            result[trial, :, unit] = np.histogram(ticks, edges)[0][:bins]
    return result


def hann(times, data, starts, bin_ms, bins):
    """The mean of samples weighted by a Hann window two bins wide around each bin's centre."""
    data = data.reshape(len(times), -1)
    width = bin_ms / 1e3
    result = np.full((len(starts), bins, data.shape[1]), np.nan)
    for trial, start in enumerate(starts):
        for index in range(bins):
            distance = np.abs(times - (start / NS + (index + 0.5) * width))
            near = distance < width
            if not near.any() or distance.min() > width / 2:
                continue
            weight = 0.5 + 0.5 * np.cos(np.pi * distance[near] / width)
            result[trial, index] = weight @ data[near] / weight.sum()
    return result


def store(expected, name, **arrays):
    for key, value in arrays.items():
        value = np.asarray(value)
        if value.dtype.kind == "U":
            value = value.astype(h5py.string_dtype())
        expected.create_dataset(
            f"{name}/{key}", data=value, **({"compression": "gzip"} if value.ndim > 1 else {}))


def ns(seconds):
    return np.round(np.asarray(seconds) * NS).astype(np.int64)


def mc_maze(folder, expected):
    rng = np.random.default_rng(1)
    nwb = new_file("mc_maze", "Jenkins")
    locations = ["PMd", "M1", "PMd", "M1", "PMd", "M1"]
    groups = add_electrodes(nwb, locations)
    trials, end = 14, 14 * 1.2 + 0.5
    starts = 0.2 + 1.2 * np.arange(trials)
    for name in ["target_on_time", "go_cue_time", "move_onset_time"]:
        nwb.add_trial_column(name, "s")
    nwb.add_trial_column("trial_type", "maze")
    nwb.add_trial_column("trial_version", "version")
    nwb.add_trial_column("success", "whether the trial succeeded")
    nwb.add_trial_column("split", "train, val or test")
    nwb.add_trial_column("target_pos", "ragged", index=True)
    onset = starts + 0.5 + np.round(rng.uniform(0, 0.05, trials), 3)
    onset[7] = np.nan
    kind = np.arange(trials) % 3
    version = np.arange(trials) % 2
    split = np.array(["train", "train", "val", "train", "test"])[np.arange(trials) % 5]
    success = np.arange(trials) != 6
    for trial in range(trials):
        nwb.add_trial(
            start_time=starts[trial], stop_time=starts[trial] + 1.15,
            target_on_time=starts[trial] + 0.1, go_cue_time=starts[trial] + 0.3,
            move_onset_time=onset[trial], trial_type=int(kind[trial]),
            trial_version=int(version[trial]), success=bool(success[trial]), split=split[trial],
            target_pos=[float(trial), 1.0])
    intervals = np.stack([starts, starts + 1.15], 1)
    nwb.add_unit_column("heldout", "held out from the encoder")
    nwb.add_unit_column("quality", "good or mua")
    times = [spikes(rng, rate, end) for rate in [20, 8, 25, 0.2, 15, 5]]
    # A spike on a border: 0.3 + 3 * 0.1 is not 0.6 in binary fractions.
    times[0] = np.unique(np.append(times[0], [onset[0] - 0.25, onset[0] + 0.45, onset[1]]))
    # Cross-talk: two of three spikes of unit 2 are found on unit 5 as well, some 0.1 ms later.
    times[5] = np.unique(np.append(times[5], times[2][np.arange(len(times[2])) % 3 > 0] + 1e-4))
    quality = ["good", "good", "good", "mua", "good", "good"]
    for unit in range(6):
        nwb.add_unit(
            id=10 + unit, spike_times=times[unit], obs_intervals=intervals, electrodes=[unit],
            electrode_group=groups[locations[unit]], heldout=unit in (1, 4), quality=quality[unit])
    module = nwb.create_processing_module("behavior", "hand")
    sample_times = np.arange(0, end, 0.004)
    hand = np.stack([np.sin(7 * sample_times), np.cos(3 * sample_times)], 1).round(2).astype("f4")
    hand[1000:1004] = np.nan
    position = series("hand_pos", hand, timestamps=sample_times, conversion=0.001)
    module.add(position)
    # Shares the timestamps of the other: a link in the file.
    module.add(series("eye_pos", hand[:, 0] * 2, timestamps=position))
    write(nwb, folder)

    kept = [t for t in range(trials) if split[t] != "test" and np.isfinite(onset[t])]
    begin = ns(onset[kept]) - 250_000_000
    store(
        expected, "mc_maze", counts=counts(times, begin, 10, 70), trial_id=kept,
        condition=np.array([f"{kind[t]}/{version[t]}" for t in kept]),
        valid=[split[t] == "val" for t in kept], unit_id=np.arange(10, 16),
        held_out=[False, True, False, False, True, False],
        hand_pos=hann(
            sample_times[np.isfinite(hand[:, 0])], hand[np.isfinite(hand[:, 0])] * 0.001, begin, 10, 70),
        outside=sum(len(t) for t in times) - sum(
            ((ns(t)[:, None] >= begin) & (ns(t)[:, None] < begin + 700_000_000)).any(1).sum()
            for t in times))


def area2_bump(folder, expected):
    rng = np.random.default_rng(2)
    nwb = new_file("area2_bump", "Han")
    trials, end = 12, 13.0
    for name in ["bump_time", "move_onset_time", "cond_dir"]:
        nwb.add_trial_column(name, "")
    nwb.add_trial_column("ctr_hold_bump", "passive")
    nwb.add_trial_column("split", "")
    starts = 0.5 + np.arange(trials)
    passive = np.arange(trials) % 2 == 0
    direction = np.array([0.0, 90.0, 180.0])[np.arange(trials) % 3]
    onset = starts + 0.3 + np.where(passive, 0.0, 0.1)
    for trial in range(trials):
        nwb.add_trial(
            start_time=starts[trial], stop_time=starts[trial] + 0.9,
            bump_time=starts[trial] + 0.3 if passive[trial] else np.nan,
            move_onset_time=onset[trial], cond_dir=direction[trial],
            ctr_hold_bump=bool(passive[trial]), split="val" if trial % 4 == 3 else "train")
    nwb.add_unit_column("heldout", "")
    times = [spikes(rng, rate, end) for rate in [12, 30, 7, 18]]
    for unit in range(4):
        nwb.add_unit(spike_times=times[unit], obs_intervals=[[0.0, end]], heldout=unit == 3)
    module = nwb.create_processing_module("behavior", "arm")
    # By starting time and rate; slower than the bins.
    slow = rng.normal(size=(int(end * 30), 1)).round(2).astype("f4")
    module.add(series("force", slow[:, 0], starting_time=0.25, rate=30.0))
    # By its own name twice: has to be asked for by its path.
    fast = np.cumsum(rng.integers(-1, 2, (int(end * 400), 2)), 0).astype("f4")
    position = Position(name="Position")
    position.add_spatial_series(SpatialSeries(
        name="hand_pos", data=H5DataIO(fast, compression="gzip", shuffle=True), reference_frame="x", unit="cm",
        starting_time=0.0, rate=400.0))
    module.add(position)
    nwb.add_acquisition(series("hand_pos", fast[:, 0], starting_time=0.0, rate=400.0))
    write(nwb, folder)

    begin = ns(onset) - 100_000_000
    centres = begin[:, None] / NS + (np.arange(60) + 0.5) * 0.01
    store(
        expected, "area2_bump", counts=counts(times, begin, 10, 60), trial_id=np.arange(trials),
        condition=np.array([f"{'true' if p else 'false'}/{int(d)}" for p, d in zip(passive, direction)]),
        valid=np.arange(trials) % 4 == 3, unit_id=np.arange(4), held_out=[0, 0, 0, 1],
        force=np.interp(centres, 0.25 + np.arange(len(slow)) / 30.0, slow[:, 0])[..., None],
        hand_pos=hann(np.arange(len(fast)) / 400.0, fast, begin, 10, 60))


def dmfc_rsg(folder, expected):
    rng = np.random.default_rng(3)
    nwb = new_file("dmfc_rsg", "Haydn")
    trials, end = 10, 21.0
    for name in ["ready_time", "set_time", "go_time", "ts", "theta"]:
        nwb.add_trial_column(name, "")
    for name in ["is_eye", "is_short"]:
        nwb.add_trial_column(name, "")
    starts = 0.5 + 2 * np.arange(trials)
    interval = np.array([0.48, 0.56, 0.64, 0.8, 1.0])[np.arange(trials) % 5]
    for trial in range(trials):
        nwb.add_trial(
            start_time=starts[trial], stop_time=starts[trial] + 1.9, ready_time=starts[trial] + 0.2,
            set_time=starts[trial] + 0.2 + interval[trial], go_time=starts[trial] + 1.5,
            ts=interval[trial] * 1000, theta=float(trial % 2 * 180), is_eye=trial % 2,
            is_short=int(interval[trial] <= 0.8))
    times = [spikes(rng, rate, end) for rate in [9, 14, 3]]
    for unit in range(3):
        nwb.add_unit(spike_times=times[unit])
    write(nwb, folder)

    begin = ns(starts + 0.2 + interval) - 400_000_000
    store(
        expected, "dmfc_rsg", counts=counts(times, begin, 20, 20), trial_id=np.arange(trials),
        condition=np.array([f"{t % 2}/{int(interval[t] <= 0.8)}" for t in range(trials)]),
        unit_id=np.arange(3), ts=interval * 1000)


def continuous(folder, expected):
    rng = np.random.default_rng(4)
    nwb = new_file("continuous", "Rex")
    add_electrodes(nwb, ["S1", "S1", "S1"])
    end = 12.0
    times = [spikes(rng, rate, end) for rate in [25, 10, 16]]
    # Recorded from 0.5 to 5 and from 6 to 12 s; the third unit only until 10 s; 8 to 8.3 s are invalid.
    parts = [[0.5, 5.0], [6.0, end]]
    for unit in range(3):
        own = parts if unit < 2 else [parts[0], [6.0, 10.0]]
        nwb.add_unit(spike_times=times[unit], obs_intervals=own, electrodes=[unit])
    nwb.add_invalid_time_interval(start_time=8.0, stop_time=8.3)
    wheel = np.sin(np.arange(int(end * 200)) / 40).round(2).astype("f4")
    nwb.add_acquisition(series("wheel", wheel, starting_time=0.0, rate=200.0))
    write(nwb, folder)

    # Windows of 600 ms, 200 ms of overlap, bins of 20 ms: segments of 225, 100 and 85 (units 0, 1: 185).
    def windows(length):
        own = list(range(0, length - 30 + 1, 20))
        return own + ([length - 30] if own[-1] + 30 < length else [])

    for name, units, segments in [
        ("all", 3, [(0.5, 225), (6.0, 100), (8.3, 85)]),
        ("two", 2, [(0.5, 225), (6.0, 100), (8.3, 185)]),
    ]:
        starts = [(s, w, begin) for s, (begin, n) in enumerate(segments) for w in windows(n)]
        begin = np.array([ns(b) + w * 20_000_000 for _, w, b in starts])
        store(
            expected, f"continuous/{name}", counts=counts(times[:units], begin, 20, 30),
            segment=[s for s, _, _ in starts], start_bin=[w for _, w, _ in starts],
            segment_start=[b for b, _ in segments],
            wheel=hann(np.arange(len(wheel)) / 200.0, wheel, begin, 20, 30))


if __name__ == "__main__":
    target = sys.argv[1]
    with h5py.File(f"{target}/expected.h5", "w") as out:
        for make in [mc_maze, area2_bump, dmfc_rsg, continuous]:
            make(target, out)
