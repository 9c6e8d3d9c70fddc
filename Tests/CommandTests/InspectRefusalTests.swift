import Foundation
import TestSupport
import Testing

/// What of a file can't be registered is said by `inspect` as `register` says it; what a file leaves open
/// has to be filled in before anything is registered.
@Suite(.timeLimit(.minutes(5))) struct InspectRefusalTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()

    private func lab(_ files: [String], from folder: String = "RecordingsTests") throws -> Lab {
        let lab = try Lab.withSessions([])
        for name in files {
            try FileManager.default.copyItem(
                atPath: Self.tests.appending(path: "\(folder)/Fixtures/\(name)").path,
                toPath: lab.location(name))
        }
        return lab
    }

    /// A manifest of a file of arrays.
    private func register(
        _ name: String, _ format: String, _ more: String = "", in lab: Lab
    ) throws
        -> Program.Outcome
    {
        try lab.write(
            "session: a\nsubject: b\ndate: 2024-01-15\nrecording: \(name)\nformat: \(format)\nbin_ms: 10\n\(more)\n",
            to: "a.yaml")
        return try lab.run("register", "a.yaml")
    }

    @Test func whatTheFileDoesNotSayHasToBeFilledIn() throws {
        let lab = try lab(["spikes_tbu.npy"])
        var manifest = try lab.succeed("inspect", "spikes_tbu.npy", "--manifest").output
        #expect(
            manifest
                == """
                session: spikes-tbu
                subject: _   # the animal or the participant; the file doesn't say
                date: _   # the day, YYYY-MM-DD; the file doesn't say
                recording: \(lab.path)/spikes_tbu.npy
                format: npy
                source_bin_ms: _   # width of a bin in milliseconds; the file doesn't say
                # counts: 10 × 4 × 3
                axes: [_, _, _]   # trials, bins and units, in the order of 10 × 4 × 3
                condition: none

                """)
        for (key, value, message) in [
            (
                "subject", "Rex",
                "line 2: \"subject\" should be the name of the animal or the participant, but is \"_\", "
                    + "which has still to be filled in.\n"
            ),
            (
                "date", "2024-01-15",
                "line 3: \"date\" should be a day of the calendar written as YYYY-MM-DD, but is \"_\", which "
                    + "has still to be filled in.\n"
            ),
            (
                "source_bin_ms", "10",
                "line 6: \"source_bin_ms\" should be a number of milliseconds, but is \"_\", which has still "
                    + "to be filled in.\n"
            ),
            (
                "axes", "[trials, bins, units]",
                "line 8: \"axes[1]\" should be one of trials, bins, units, but is \"_\", which has still to "
                    + "be filled in.\n"
            ),
        ] {
            try lab.write(manifest, to: "day.yaml")
            let outcome = try lab.run("register", "day.yaml")
            #expect(outcome.status == 78)
            #expect(outcome.errors == "error: day.yaml, \(message)")
            manifest = manifest.replacing(try Regex("(?m)^\(key): [^#\n]*"), with: "\(key): \(value)   ")
        }
        try lab.write(manifest, to: "day.yaml")
        try lab.succeed("register", "day.yaml")
    }

    /// The example of the command's own help.
    @Test func theManifestMayStandInAnyFolder() throws {
        let lab = try lab(["mc_maze.nwb"])
        try FileManager.default.createDirectory(
            atPath: lab.location("manifests"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: lab.location("mc_maze.nwb"), toPath: lab.location("null day: 1.nwb"))
        let outcome = try lab.succeed("inspect", "null day: 1.nwb", "--manifest")
        #expect(outcome.output.contains("recording: \"\(lab.path)/null day: 1.nwb\"\n"), "\(outcome.output)")
        try lab.write(outcome.output, to: "manifests/jenkins.yaml")
        try lab.succeed("register", "manifests/jenkins.yaml")
    }

    @Test func whatAFileSaysIsTaken() throws {
        let lab = try Lab.withSessions([])
        try lab.writeDay(0)
        let manifest = try lab.succeed("inspect", "day0.h5", "--manifest").output
        #expect(
            manifest.hasPrefix("session: day0\nsubject: Toy\ndate: 2025-01-01\nrecording: "), "\(manifest)")
        #expect(!manifest.contains("source_bin_ms"))
        try lab.write(manifest, to: "day0.yaml")
        try lab.succeed("register", "day0.yaml")
    }

    @Test func anArrayThatCannotBeReadIsRefusedAsOnRegistering() throws {
        let lab = try lab(["spikes_tbu.npy", "unit_id.npy"])
        try FileManager.default.copyItem(
            atPath: Self.tests.appending(path: "ArrayFilesTests/Fixtures/objects.npy").path,
            toPath: lab.location("objects.npy"))
        try lab.bytes("spikes_tbu.npy").dropLast(8).write(to: URL(filePath: lab.location("short.npy")))
        for name in ["objects.npy", "short.npy", "unit_id.npy"] {
            let inspected = try lab.run("inspect", name)
            let registered = try register(name, "npy", "axes: [trials, bins, units]", in: lab)
            #expect(inspected.status == 65 && inspected.output == "", "\(name): \(inspected.output)")
            #expect(inspected.errors == registered.errors)
            #expect(inspected.errors.hasPrefix("error: \"\(name)\" in "))
        }
    }

    /// Beside 10 trials × 4 bins × 3 units; which axis is which, nobody has said.
    @Test func labelsAreToldByTheAxisThatTheyAreAsLongAs() throws {
        let lab = try lab(["spikes_tbu.npy", "target.npy", "trial_id.npy", "unit_id.npy"])
        #expect(
            try lab.succeed("inspect", "spikes_tbu.npy", "--manifest").output.hasSuffix(
                "condition: none   # or an array with one entry a trial; as long as axis 1: target.npy, "
                    + "trial_id.npy; as long as axis 3: unit_id.npy\n"))
    }

    @Test func filesOfVersion4AreToldAlike() throws {
        let lab = try lab(["v4.mat"], from: "ArrayFilesTests")
        let registered = try register("v4.mat", "mat", "axes: [trials, bins, units]", in: lab)
        let inspected = try lab.run("inspect", "v4.mat")
        #expect(inspected.status == 65 && registered.status == 65)
        #expect(
            inspected.errors
                == "error: v4.mat is not a MATLAB file of version 5, 7 or 7.3: it begins as files of version 4 "
                + "do, or is damaged. In MATLAB, load it and save it with -v7.\n")
        #expect(registered.errors == inspected.errors)
    }

    @Test(arguments: [
        ("mat", "a MATLAB file of version 5, 7 or 7.3", "axes: [trials, bins, units]"),
        ("binned-hdf5", "a file of the layout binned-hdf5", ""),
        ("lfads-hdf5", "a file of the layout lfads-hdf5", ""),
    ]) func anNWBFileUnderAnotherFormat(_ format: String, _ expected: String, _ more: String) throws {
        let lab = try lab(["mc_maze.nwb"])
        let outcome = try register("mc_maze.nwb", format, more, in: lab)
        #expect(outcome.status == 65)
        #expect(
            outcome.errors
                == "error: mc_maze.nwb is not \(expected): it is an NWB 2 file. Use format: nwb.\n")
    }

    // MARK: Files that h5py makes

    private static let changes = """
        import h5py, numpy as np, shutil
        def change(name, body):
            shutil.copy("mc_maze.nwb", name)
            with h5py.File(name, "r+") as file: body(file)
        def index(file):
            ends = file["units/spike_times_index"]
            ends[...] = np.full(ends.shape, 60000)
        def subject(file):
            del file["general/subject/subject_id"]
            file["general/subject"].create_dataset("subject_id", data="a\\x1b[31mred\\nb")
        change("no-units.nwb", lambda file: file.__delitem__("units"))
        change("no-times.nwb", lambda file: file.__delitem__("units/spike_times"))
        change("index.nwb", index)
        change("subject.nwb", subject)
        with h5py.File("huge.h5", "w") as file:
            for name in "ab":
                file.create_dataset(name, shape=(2**40, 2**40, 2), chunks=(4, 4, 2), dtype="f4")
        with h5py.File("huge.mat", "w", userblock_size=512) as file:
            group = file.create_group("R")
            group.attrs.create("MATLAB_class", np.bytes_("struct"))
            group.create_dataset("s", shape=(2**40, 2**40), chunks=(4, 4), dtype=h5py.ref_dtype)
        with open("huge.mat", "r+b") as file:
            file.write(b"MATLAB 7.3 MAT-file".ljust(116) + b"\\0" * 8 + b"\\x00\\x02IM")
        with h5py.File("labels.h5", "w") as file:
            file["condition"] = np.arange(5)
        """

    @Test(
        .enabled(if: Python.hasHDF5),
        arguments: [
            ("no-units.nwb", "no-units.nwb has no table of units, /units with the column spike_times"),
            ("no-times.nwb", "the table \"units\" has no column \"spike_times\""),
            (
                "index.nwb",
                "index.nwb: the index of the ragged column \"spike_times\" doesn't fit its data; the file is "
                    + "damaged.\n"
            ),
            ("labels.h5", "labels.h5 has no dataset \"spikes\"; it holds, nearest name first: condition.\n"),
        ])
    func nothingThatCanBeRegistered(_ name: String, _ problem: String) throws {
        let lab = try lab(["mc_maze.nwb"])
        try lab.python(Self.changes)
        let isNWB = name.hasSuffix("nwb")
        let outcome = try lab.run("inspect", name)
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains(problem), "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("\(name): no format that can be registered as it is\n"))
        #expect(outcome.output.contains(isNWB ? "trials: 14 rows" : "condition"))
        #expect(!outcome.output.contains("manifest"))
        let registered = try register(
            name, isNWB ? "nwb" : "binned-hdf5",
            isNWB ? "align: {event: go_cue_time, before_ms: 100, after_ms: 100}" : "", in: lab)
        #expect(registered.errors.replacing("2024-01-15", with: "") == outcome.errors || isNWB)
        let json = try lab.run("inspect", name, "--json")
        let report = try #require(try json.json() as? [String: Any])
        #expect("error: \(report["problem"] as? String ?? "")\n" == outcome.errors)
        #expect(try lab.run("inspect", name, "--manifest").output == "")
    }

    @Test(.enabled(if: Python.hasHDF5)) func extentsThatOverflowAreListedOrRefused() throws {
        let lab = try lab(["mc_maze.nwb"])
        try lab.python(Self.changes)
        let listed = try lab.succeed("inspect", "huge.h5")
        #expect(listed.output.contains("1099511627776 × 1099511627776 × 2"))
        let refused = try lab.run("inspect", "huge.mat")
        #expect(refused.status == 65)
        #expect(
            refused.errors.hasPrefix(
                "error: \"R\" in huge.mat says that it takes more than 2^64 bytes; at most "),
            "\(refused.errors)")
        let registered = try register("huge.mat", "mat", "trials: R\nspikes: s\naxes: [units, bins]", in: lab)
        #expect(registered.status == 65)
        #expect(registered.errors == refused.errors)
    }

    @Test(.enabled(if: Python.hasHDF5)) func textThatATerminalObeysIsShownByNumbersAndNotRegistered() throws {
        let lab = try lab(["mc_maze.nwb"])
        try lab.python(Self.changes)
        let shown = try lab.succeed("inspect", "subject.nwb")
        #expect(shown.output.contains("nwb.subject.subject_id: a\\u{1B}[31mred\\u{A}b\n"))
        #expect(!shown.output.contains("\u{1B}"))
        let manifest = try lab.succeed("inspect", "subject.nwb", "--manifest").output
        #expect(manifest.contains("subject: \"a\\U0000001B[31mred\\U0000000Ab\"\n"), "\(manifest)")
        for text in [manifest, manifest.replacing(/subject: .*\n/, with: "")] {
            try lab.write(text, to: "day.yaml")
            let outcome = try lab.run("register", "day.yaml")
            #expect(outcome.status == 65)
            #expect(
                outcome.errors.hasSuffix(
                    "holds the control character U+001B: \"a?[31mred?b\". Such text would garble every table; "
                        + "correct it in the file, or give another in the manifest.\n"), "\(outcome.errors)")
        }
        #expect(try lab.files(in: "sessions/recordings") == [])
    }
}
