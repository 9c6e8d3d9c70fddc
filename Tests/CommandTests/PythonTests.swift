import Foundation
import TestSupport
import Testing

/// What h5py makes of the program's files, without any reader of ours.
@Suite(.enabled(if: Python.hasHDF5), .timeLimit(.minutes(5))) struct PythonTests {
    private func trainedLab() throws -> Lab {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        return lab
    }

    @Test func factorFilesExplainThemselves() throws {
        let lab = try trainedLab()
        try lab.succeed(
            "factors", "toy", "day1", "--quantity", "all", "--samples", "3", "-o", "python-all.h5")
        try lab.python(
            """
            import h5py, numpy as np
            file = h5py.File("python-all.h5")
            for name in ["format", "run", "session", "subject", "date", "content_sha256", "observation"]:
                assert isinstance(file.attrs[name], str), name
            assert file.attrs["bin_ms"] == 10 and file.attrs["encoded_bins"] == 10
            trials, bins = 20, 10
            sizes = {"trial": trials, "bin": bins, "factor": 3, "unit": 6, "dimension": 3, "state": 6}
            filters = set()
            for name, array in file.items():
                about = dict(array.attrs)
                assert {"units", "dimensions", "description"} <= set(about), (name, about)
                assert all(isinstance(about[k], str) and about[k] for k in ["units", "description"]), name
                dimensions = list(about["dimensions"])
                wanted = [sizes[d] for d in dimensions]
                if name.startswith(("train_", "valid_")):
                    wanted[0] = 16 if name.startswith("train_") else 4
                assert list(array.shape) == wanted, (name, array.shape, dimensions)
                if len(dimensions) > 1:
                    assert array.dtype == np.float32 and len(about["columns"]) == array.shape[-1], name
                    assert np.isfinite(array[:]).all(), name
                filters.add((array.compression, array.scaleoffset, array.fletcher32))
            assert filters <= {(None, None, False), ("gzip", None, False)}, filters
            assert list(file["rates"].attrs["columns"]) == list(file["unit_names"].asstr())
            assert file["rates"].attrs["units"] == "Hz"
            assert set(file["condition"].asstr()) == {"c0", "c1", "c2", "c3"}
            assert file["split"].asstr()[-1] == "valid" and file["split"].asstr()[0] == "train"
            assert list(file["trial_id"]) == list(range(100, 120))
            assert np.allclose(file["time_ms"], np.arange(10) * 10.0)
            assert np.allclose(file["rates"], file["output_params"][:] * 100, rtol=1e-6)
            """)
    }

    /// Names of lfads-torch's output, split by split, are the trial-ordered arrays over again.
    @Test func theNamesOfTheReferenceStandBesideOurs() throws {
        let lab = try trainedLab()
        try lab.succeed(
            "factors", "toy", "day0", "--quantity", "all", "--trials", "17,3,0,19,5", "-o",
            "python-some.h5")
        try lab.python(
            """
            import h5py, numpy as np
            file = h5py.File("python-some.h5")
            asked = [17, 3, 0, 19, 5]
            assert list(file["trial_index"]) == asked
            assert list(file["train_inds"]) == [3, 0, 5] and list(file["valid_inds"]) == [17, 19]
            assert file["train_inds"].dtype.kind == "i"
            names = {"factors": "factors", "output_params": "output_params", "ic_mean": "initial_condition_mean",
                "ic_std": "initial_condition_std", "gen_states": "generator_states"}
            for split in ["train", "valid"]:
                rows = [asked.index(i) for i in file[split + "_inds"]]
                for theirs, ours in names.items():
                    assert np.array_equal(file[split + "_" + theirs][:], file[ours][:][rows]), theirs
            """)
    }

    /// A model file as a Python user changes it: float64, other attributes, no names. The rates of a unit
    /// double when log 2 is added to its bias, and no other's do.
    @Test func aModelThatPythonWroteIsImported() throws {
        let lab = try trainedLab()
        try lab.succeed("export", "toy", "-o", "python-model.h5")
        try lab.python(
            """
            import h5py, numpy as np
            file = h5py.File("python-model.h5")
            assert file.attrs["format"] == "neurostitch-model" and file.attrs["number_type"] == "float32"
            assert list(file["sessions/names"].asstr()) == ["day0", "day1"]
            assert file["sessions/1"].attrs["name"] == "day1"
            assert list(file["sessions/1/unit_id"].asstr()) == ["1%d" % i for i in range(6)]
            assert list(file["sessions/1/recording_index"]) == list(range(6))
            assert file["config"].attrs["reconstruction"] == "Poisson"
            assert all(a.dtype == np.float32 for a in file["params"].values())
            assert file["params/readin.1.weight"].shape == (2, 6)
            with h5py.File("python-state.h5", "w") as other:
                config = other.create_group("config")
                for name, value in file["config"].attrs.items():
                    config.attrs[name] = value
                for name, value in file["params"].items():
                    value = value[()].astype(np.float64)
                    if name == "readout.1.bias":
                        value[4] += np.log(2)
                    other["params/" + name] = value
            """)
        let workspace = lab.location("sessions")
        let outcome = try lab.succeed(
            "import", "python-state.h5", "--as", "from-python", "--sessions", "day0,day1", "--json")
        let report = try #require(try outcome.json() as? [String: Any])
        #expect(report["run"] as? String == "from-python")
        #expect(FileManager.default.fileExists(atPath: "\(workspace)/runs/from-python/checkpoint.h5"))
        try lab.succeed("factors", "toy", "day1", "-o", "python-before.h5")
        try lab.succeed("factors", "from-python", "day1", "-o", "python-after.h5")
        try lab.python(
            """
            import h5py, numpy as np
            before, after = h5py.File("python-before.h5"), h5py.File("python-after.h5")
            assert np.array_equal(before["factors"], after["factors"])
            ratio = after["rates"][:] / before["rates"][:]
            assert np.allclose(ratio[:, :, 4], 2, rtol=1e-5), ratio[:, :, 4]
            assert np.array_equal(np.delete(ratio, 4, axis=2), np.ones((20, 10, 5), np.float32))
            """)
    }
}
