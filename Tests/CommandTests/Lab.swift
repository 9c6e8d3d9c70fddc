import Foundation
import Recordings
import TestSupport
import Testing

/// A folder of its own with recordings, manifests and a workspace `sessions`; removed with the last
/// reference to it. Programs run in it, so that messages hold short relative paths.
final class Lab: Sendable {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws { folder = try TemporaryFolder() }

    deinit { folder.remove() }

    /// A lab with a registry, and with days that are registered in the order given.
    static func withSessions(_ days: [Int] = [0, 1, 2]) throws -> Lab {
        let lab = try Lab()
        try lab.succeed("init")
        for day in days { try lab.writeDay(day) }
        if !days.isEmpty { try lab.succeed(["register"] + days.map { "day\($0).session.yaml" }) }
        return lab
    }

    // MARK: Files

    func location(_ name: String) -> String { folder.location(name) }

    func write(_ text: String, to name: String) throws { try folder.write(text, to: name) }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: location(name), encoding: .utf8)
    }

    func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: location(name)))
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: location(name)) }

    /// Names in a folder, hidden ones too: that is where a half-written file would lie.
    func files(in folder: String = "") throws -> [String] {
        try names(in: location(folder))
    }

    /// A recording and its manifest.
    func writeDay(_ day: Int, labelled: Bool = true, seed: UInt64 = 1, manifest: String = "") throws {
        try RecordingFile.writeBinned(
            .toy(day: day, labelled: labelled, seed: seed), to: location("day\(day).h5"))
        try writeManifest(day, manifest)
    }

    func writeManifest(_ day: Int, _ more: String = "") throws {
        try write(
            """
            session: day\(day)
            subject: Toy
            date: 2025-01-0\(day + 1)
            recording: day\(day).h5
            format: binned-hdf5
            \(more)
            """, to: "day\(day).session.yaml")
    }

    /// A model of a few hundred parameters, which trains an epoch in milliseconds.
    func writeStitch(
        run: String = "toy", epochs: Int = 3, alignment: String = "components: 2",
        model: String = "", to name: String = "toy.stitch.yaml"
    ) throws {
        try write(
            """
            run: \(run)
            sessions: all
            alignment: {\(alignment)}
            model: {ic_enc_dim: 6, ic_dim: 3, gen_dim: 6, fac_dim: 3\(model.contains("co_dim") ? "" : ", co_dim: 0")\(model)}
            train: {epochs: \(epochs), batch_size: 16, lr_readin_scale: 0, lr_readout_scale: 0}
            """, to: name)
    }

    // MARK: Programs

    func start(_ arguments: [String]) throws -> Program.Running {
        try Program.Running(arguments, in: path)
    }

    @discardableResult
    func run(_ arguments: String...) throws -> Program.Outcome { try run(arguments) }

    @discardableResult
    func run(_ arguments: [String]) throws -> Program.Outcome { try start(arguments).finish() }

    @discardableResult
    func succeed(_ arguments: String...) throws -> Program.Outcome { try succeed(arguments) }

    @discardableResult
    func succeed(_ arguments: [String]) throws -> Program.Outcome {
        let outcome = try run(arguments)
        guard outcome.status == 0 else {
            throw Failure(arguments: arguments, status: outcome.status, errors: outcome.errors)
        }
        return outcome
    }

    /// Runs a script in the lab's folder; its assertions are the test.
    func python(_ script: String) throws {
        let (status, output) = try Python.run(["-c", script], in: path)
        #expect(status == 0, "\(output)")
    }

    struct Failure: Error {
        let arguments: [String]
        let status: Int32
        let errors: String
    }
}

extension Recording {
    /// 20 trials of 10 bins of 10 ms with four conditions, 5 + `day` units tuned to two waves, and the
    /// waves as behaviour.
    static func toy(day: Int, labelled: Bool = true, seed: UInt64 = 1) -> Recording {
        let (trialCount, binCount, unitCount) = (20, 10, 5 + day)
        var state = seed &* 1_000_003 &+ UInt64(day)
        func noise() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
        var values: [Float] = []
        var behavior: [Float] = []
        for trial in 0..<trialCount {
            for bin in 0..<binCount {
                let phase = Double(bin) / 2 + Double(trial % 4) * 1.5
                behavior += [Float(cos(phase)), Float(sin(phase))]
                for unit in 0..<unitCount {
                    let rate = 2 + 1.5 * cos(phase - Double(unit * 7 + day))
                    values.append(Float((rate + noise()).rounded(.down)))
                }
            }
        }
        return Recording(
            session: "day\(day)", subject: "Toy", date: "2025-01-0\(day + 1)", binMilliseconds: 10,
            trialCount: trialCount, binCount: binCount,
            units: (0..<unitCount).map { Unit(name: "\(day)\($0)") }, values: values,
            trials: (0..<trialCount).map {
                Trial(
                    identifier: 100 + $0, condition: labelled ? "c\($0 % 4)" : nil,
                    split: $0 % 20 >= 16 ? .valid : .train)
            }, behaviorNames: ["x", "y"], behavior: behavior)
    }
}
