import ArrayFiles
import LFADS
import Recordings
import Registry
import TestSupport

@testable import Stitching

/// Days of a Lorenz world in a registry, and a run `small` of the first two.
enum ExchangeWorld {
    static let model = "model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 8, fac_dim: 3"
    static let training = "train: {epochs: 3, batch_size: 16, lr_readin_scale: 0.1, lr_readout_scale: 0.1}"

    static func withRun(
        _ manifest: String = "\(model)}\n\(training)", sessions: Int = 2,
        _ change: (inout [Recording]) -> Void = { _ in },
        _ body: (SessionRegistry, [Recording]) throws -> Void
    ) throws {
        var recordings = try TrainedWorld.recordings(sessions: sessions, units: [9, 7, 8])
        change(&recordings)
        try TrainedWorld.withRun(manifest, of: recordings, body)
    }

    /// Everything that can be inferred of a session's trials.
    static func inferred(
        _ run: String, _ session: String, in registry: SessionRegistry
    ) throws -> InferredTrials {
        let query = try TrainedRun(run, in: registry, threads: 1).day(session)
        return try query.infer([.factors, .rates], trials: Array(query.recording.trials.indices))
    }

    /// The best epoch's parameters by name.
    static func parameters(_ run: String, in registry: SessionRegistry) throws -> [String: [Float]] {
        let path = RunFolder(registry.workspace, run: run).checkpoint
        let file = try HDF5File.open(path)
        var result: [String: [Float]] = [:]
        for name in try file.datasetPaths() where name.hasPrefix("best_parameters/") {
            result[name] = try file.floats(name).values
        }
        return result
    }
}
