import Evaluation
import Recordings
import Registry
import Stitching
import TestSupport

@testable import Report

/// A folder of its own with a workspace in it.
struct ReportLab {
    let folder: String
    let registry: SessionRegistry

    init() throws {
        folder = try TemporaryFolder().path
        registry = try SessionRegistry.create(at: folder + "/sessions")
    }

    func location(_ name: String) -> String { "\(folder)/\(name)" }

    /// Lorenz days, changed before they are registered.
    func register(
        sessions: Int = 2, conditions: Int = 5, trials: Int = 6, bins: Int = 12, units: [Int] = [7, 6],
        _ change: (inout Recording) -> Void = { _ in }
    ) throws {
        var days = try TrainedWorld.recordings(
            sessions: sessions, conditions: conditions, trials: trials, bins: bins, units: units, seed: 1)
        for day in days.indices { change(&days[day]) }
        try registry.register(days)
    }

    /// A model of a few hundred parameters.
    func train(
        _ run: String = "small", model: String = "", epochs: Int = 3, more: String = "",
        sessions: String = "all", singles: Bool = false
    ) throws {
        let manifest = try StitchManifest(
            text: """
                run: \(run)
                sessions: \(sessions)
                \(more)
                model: {ic_enc_dim: 6, ic_dim: 3, gen_dim: 6, fac_dim: 4\(model.contains("co_dim") ? "" : ", co_dim: 0")\(model)}
                train: {epochs: \(epochs), batch_size: 16, lr_readin_scale: 0, lr_readout_scale: 0}
                """)
        var manifests = [manifest]
        if singles { manifests += manifest.singles(try registry.sessions(matching: .all)) }
        for manifest in manifests { try registry.stitch(manifest) }
    }

    func page(_ run: String = "small", units: [Int] = []) throws -> ReportPage {
        try RunReport.page(material(run, units: units), Self.plotly())
    }

    func material(_ run: String = "small", units: [Int] = []) throws -> RunMaterial {
        var options = RunEvaluation.Options(threads: 1)
        options.unitCounts = units
        let evaluation = try RunEvaluation(run: run, in: registry, options: options)
        let singles = try RunComparison.singles(of: run, in: registry)
        options.unitCounts = []
        let comparison =
            singles.isEmpty
            ? nil
            : try RunComparison(
                evaluation,
                with: singles.map { try RunEvaluation(run: $0, in: registry, options: options) },
                named: RunComparison.single)
        return try RunMaterial(evaluation, comparison, in: registry, threads: 1)
    }

    static func plotly() throws -> PlotlyLibrary { try library.get() }
    private static let library = Result { () throws -> PlotlyLibrary in
        try PageLibrary.isInstalled ? PlotlyLibrary() : PlotlyLibrary(path: PageLibrary.standIn())
    }

    /// Days as a lab may have them: names that HTML knows, an unlabelled trial, one number a trial, a
    /// gap in the behaviour, a unit that the encoder never sees.
    static func unruly(_ recording: inout Recording) {
        let names = ["<b>left</b>", "a & b", "\"quoted\"", "</script><script>alert(1)</script>", "it's"]
        for index in recording.trials.indices {
            let label = Int(recording.trials[index].condition ?? "") ?? 0
            recording.trials[index].condition = names[label % names.count]
        }
        for index in recording.units.indices { recording.units[index].name = "<u\(index)>&" }
        recording.units[0].heldOut = true
        let (bins, width) = (recording.binCount, recording.behaviorNames.count)
        var behavior: [Float] = []
        for trial in 0..<recording.trialCount {
            for bin in 0..<bins {
                let start = (trial * bins + bin) * width
                behavior += recording.behavior[start..<(start + width)]
                behavior.append(trial == 0 ? .nan : Float(trial % 7))
            }
        }
        recording.behavior = behavior
        recording.behaviorNames = ["<x>", "y & z", "z"] + ["reaction"]
    }
}
