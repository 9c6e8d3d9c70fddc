import ArrayFiles
import Foundation
import TestSupport
import Testing

/// What `factors` refuses, in its words, and that it leaves nothing behind then. One after another,
/// as they share a folder in which half-written files are looked for.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FactorsCommandTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let words: String
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String..., status: Int32, _ words: String) {
            self.arguments = arguments
            self.status = status
            self.words = words
        }
    }

    static let refusals = [
        Refusal(
            "toy", "day7", status: 66,
            "session day7 is not part of run toy; it was trained on day0, day1"),
        Refusal(
            "toy", "day2", status: 66,
            "session day2 is not part of run toy; it was trained on day0, day1"),
        Refusal(
            "tay", "day0", status: 66,
            "There is no run \"tay\" among the 1 there are; nearest: \"toy\"."),
        Refusal(
            "toy", "day0", "--trials", "0,20", status: 64,
            "trial 20 does not exist: session day0 has trials 0 to 19"),
        Refusal(
            "toy", "day0", "--trials", "0-9223372036854775807", status: 64,
            "trial 20 does not exist: session day0 has trials 0 to 19"),
        Refusal(
            "toy", "day0", "--trials", "3,70-99999999", status: 64,
            "trial 70 does not exist: session day0 has trials 0 to 19"),
        Refusal(
            "toy", "day0", "--trials", "3-1", status: 64,
            "the trials \"3-1\" can't be read; expected numbers and ranges such as 0,3,10-19, or all, "
                + "train, valid or test"),
        Refusal(
            "toy", "day0", "--trials", "first", status: 64,
            "the trials \"first\" can't be read; expected numbers and ranges such as 0,3,10-19, or all, "
                + "train, valid or test"),
        Refusal(
            "toy", "day0", "--quantity", "factors,rate", status: 64,
            "there is no quantity \"rate\"; did you mean \"rates\"? Known: all, factors, "
                + "generator-states, inferred-inputs, initial-conditions, rates"),
        Refusal(
            "toy", "day0", "--quantity", "inferred-inputs", status: 64,
            "run toy has no controller (co_dim is 0), so there are no inferred inputs"),
        Refusal(
            "toy", "day0", "--output", "factors.mat", status: 64,
            "the ending of factors.mat tells no format; expected .h5, .hdf5, .npz, .npy, .csv or .json, or a "
                + "format that is named beside it\nhint: --format names one"),
        Refusal(
            "toy", "day0", "--output", "nowhere/factors.h5", status: 73,
            "nowhere/factors.h5 can't be written: there is no folder nowhere; create it first"),
        Refusal(
            "toy", "day0", "--output", "sessions", "--format", "csv", "--quantity", "rates", status: 73,
            "sessions can't be written: it is a folder."),
        Refusal(
            "toy", "day0", "--output", "nowhere/factors.csv", status: 73,
            "nowhere/factors-factors.csv can't be written: there is no folder nowhere; create it first"),
    ]

    @Test(arguments: refusals) func refused(_ refusal: Refusal) throws {
        let lab = try TrainedLab.get()
        let outcome = try lab.run(["factors"] + refusal.arguments)
        #expect(outcome.status == refusal.status)
        #expect(outcome.errors == "error: \(refusal.words)\n")
        #expect(outcome.output == "")
        let name = refusal.arguments.prefix(2).joined(separator: "-")
        #expect(!lab.exists("\(name).h5"))
        #expect(!lab.exists("factors.mat"))
        #expect(!lab.exists("nowhere"))
        #expect(try !lab.files().contains { $0.hasSuffix(".partial") })
    }

    /// Each case has a folder where one of several files would be, and none of them is written.
    @Test(
        arguments: [
            ("full.csv", "factors,rates", [], "full-rates.csv"),
            ("full.npy", "all", ["--samples", "2"], "full-generator_states_sample_std.npy"),
            ("full.npy", "initial-conditions", [], "full-initial_condition_std.npy"),
        ] as [(String, String, [String], String)])
    func everyFileOfSeveralIsTriedBeforehand(
        _ output: String, _ quantity: String, _ more: [String], _ taken: String
    ) throws {
        let lab = try TrainedLab.get()
        let folder = lab.location(taken)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let outcome = try lab.run(
            ["factors", "toy", "day0", "--output", output, "--quantity", quantity] + more)
        #expect(outcome.status == 73)
        #expect(outcome.errors == "error: \(taken) can't be written: it is a folder.\n")
        #expect(try lab.files().filter { $0.hasPrefix("full") } == [taken])
    }

    @Test func anArchiveForNumpyHasWhatTheHDF5FileHas() throws {
        let lab = try TrainedLab.get()
        for name in ["archive.npz", "archive.h5", "again.npz"] {
            try lab.succeed(["factors", "toy", "day0", "-o", name, "--quantity", "all"])
        }
        let archive = try NumpyArchive(lab.location("archive.npz"))
        let file = try HDF5File.open(lab.location("archive.h5"))
        let names = try archive.arrayNames()
        #expect(names.count == 12)
        for name in names {
            if try archive.elementKind(of: name) == .string {
                #expect(try archive.strings(name) == file.strings(name))
            } else {
                #expect(try archive.doubles(name) == file.doubles(name))
            }
        }
        #expect(try lab.bytes("archive.npz") == lab.bytes("again.npz"))
        guard Python.hasModules(["numpy"]) else { return }
        try lab.python(
            """
            import numpy as np
            file = np.load("archive.npz")
            assert file["factors"].dtype == np.float32 and file["factors"].shape[0] == len(file["trial_id"])
            assert set(file["split"]) == {"train", "valid"}
            assert file["rates"].shape[2] == len(file["unit_names"]) and file["time_ms"][1] == 10
            """)
    }

    /// What is tried beforehand are the files that are written.
    @Test(
        arguments: [
            (
                "several.csv", [],
                ["factors.csv", "generator-states.csv", "initial-conditions.csv", "rates.csv"]
            ),
            (
                "single.npy", [],
                [
                    "factors.npy", "generator_states.npy", "initial_condition_mean.npy",
                    "initial_condition_std.npy", "rates.npy",
                ]
            ),
            (
                "sampled.npy", ["--samples", "2"],
                [
                    "factors.npy", "factors_sample_std.npy", "generator_states.npy",
                    "generator_states_sample_std.npy", "initial_condition_mean.npy",
                    "initial_condition_std.npy", "rates.npy", "rates_sample_std.npy",
                ]
            ),
        ] as [(String, [String], [String])])
    func oneFileAQuantityOrArray(_ output: String, _ more: [String], _ files: [String]) throws {
        let lab = try TrainedLab.get()
        try lab.succeed(["factors", "toy", "day0", "-o", output, "--quantity", "all"] + more)
        let stem = output.prefix { $0 != "." } + "-"
        #expect(try lab.files().filter { $0.hasPrefix(stem) } == files.map { stem + $0 })
    }

    @Test func samplesAreAtLeastTwo() throws {
        let lab = try TrainedLab.get()
        let one = try lab.run("factors", "toy", "day0", "--samples", "1")
        #expect(one.status == 64)
        #expect(
            one.errors.contains(
                "--samples must be at least 2; leave it out to push the posterior means through."))
        #expect(try lab.run("factors", "toy", "day0", "--seed", "1").status == 64)
    }

    @Test func theFileIsNamedAfterRunAndSession() throws {
        let lab = try TrainedLab.get()
        let outcome = try lab.succeed("factors", "toy", "day1")
        #expect(
            outcome.output == """
                quantity       extents      unit
                factors        20 × 10 × 3  1
                rates          20 × 10 × 6  Hz
                output_params  20 × 10 × 6  spikes per bin
                wrote toy-day1.h5

                """)
        #expect(lab.exists("toy-day1.h5"))
    }

    @Test func theSameQuestionGetsTheSameBytes() throws {
        let lab = try TrainedLab.get()
        let question = ["factors", "toy", "day0", "--quantity", "all", "--samples", "3", "--seed", "5"]
        try lab.succeed(question + ["--threads", "1", "-o", "once.h5"])
        try lab.succeed(question + ["--threads", "2", "-o", "twice.h5"])
        #expect(try lab.bytes("once.h5") == lab.bytes("twice.h5"))
        try lab.succeed(
            ["factors", "toy", "day0", "--quantity", "all", "--samples", "3", "--seed", "6"]
                + ["-o", "other.h5"])
        #expect(try lab.bytes("once.h5") != lab.bytes("other.h5"))
    }
}
