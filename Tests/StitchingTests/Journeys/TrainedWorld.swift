import Foundation
import LFADS
import Recordings
import Registry

import Synthesis
@testable import Alignment
@testable import Stitching

/// A Lorenz world small enough to train within a test.
enum TrainedWorld {
    static func recordings(
        sessions: Int = 2, conditions: Int = 6, trials: Int = 6, bins: Int = 20,
        units: [Int] = [9, 7, 8], seed: UInt64 = 3
    ) throws -> [Recording] {
        var settings = LorenzSettings()
        settings.sessions = sessions
        settings.conditions = conditions
        settings.trialsPerCondition = trials
        settings.bins = bins
        settings.timePerBin = 0.05
        settings.unitCounts = units
        settings.meanRateHz = 20...40
        settings.validEvery = 3
        settings.seed = seed
        return try LorenzWorld(settings).recordings()
    }

    static func manifest(_ text: String = "", run: String = "small") throws -> StitchManifest {
        try StitchManifest(
            ManifestDocument(
                text: """
                    run: \(run)
                    sessions: all
                    seed: 5
                    \(text.isEmpty ? tiny : text)
                    """, path: "small.stitch.yaml"))
    }

    static let tiny = """
        model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 8, fac_dim: 3}
        train: {epochs: 3, batch_size: 16, lr_readin_scale: 0.1, lr_readout_scale: 0.1}
        """

    /// Aligned and trained; the state after the manifest's epochs.
    static func train(
        _ recordings: [Recording], _ manifest: StitchManifest, threads: Int = 1
    ) throws -> (sessions: [PreparedSession], training: StitchedTraining) {
        let sessions = try recordings.map { try PreparedSession($0) }
        let training = try start(sessions, manifest, threads: threads)
        while !training.isFinished { _ = try training.runEpoch() }
        return (sessions, training)
    }

    static func start(
        _ sessions: [PreparedSession], _ manifest: StitchManifest, threads: Int = 1
    ) throws -> StitchedTraining {
        let settings = try StitchSettings(manifest, sessions)
        let model = try StitchedModel(
            settings.model, sessions: sessions.map(\.trials.shape), startingFrom: settings.seed,
            threads: threads)
        try alignment(sessions, settings).apply(to: model)
        return try StitchedTraining(
            model, sessions.map(\.trials), settings.training, seed: settings.seed)
    }

    static func alignment(
        _ sessions: [PreparedSession], _ settings: StitchSettings
    ) throws -> AlignedDays {
        try AlignedDays(
            sessions.map(\.alignable), settings: settings.alignment,
            components: settings.alignment.components ?? settings.model.factorCount,
            factorCount: settings.model.factorCount, observation: settings.model.observation)
    }

    static func alignment(_ recordings: [Recording], _ text: String = "") throws -> AlignedDays {
        let sessions = try recordings.map { try PreparedSession($0) }
        return try alignment(sessions, try StitchSettings(try manifest(text), sessions))
    }
}

/// As `ConditionAgreement.all`, of sessions made ready for the model.
func conditionAgreements(_ sessions: [PreparedSession]) -> [ConditionAgreement] {
    let alignable = sessions.map(\.alignable)
    return ConditionAgreement.all(alignable, ConditionList(alignable))
}

extension Recording {
    /// The same day with its units in another order.
    func permutingUnits(_ order: [Int]) -> Recording {
        var result = self
        let count = units.count
        result.units = order.map { units[$0] }
        for row in 0..<(trialCount * binCount) {
            for (place, unit) in order.enumerated() {
                result.values[row * count + place] = values[row * count + unit]
            }
        }
        return result
    }

    func relabelling(_ name: (String) -> String?) -> Recording {
        var result = self
        for trial in trials.indices {
            result.trials[trial].condition = trials[trial].condition.flatMap(name)
        }
        return result
    }

    /// The same day without the trials of some conditions.
    func dropping(conditions: Set<String>) -> Recording {
        let kept = trials.indices.filter { !conditions.contains(trials[$0].condition ?? "") }
        func pick(_ array: [Float], _ width: Int) -> [Float] {
            kept.flatMap { array[($0 * binCount * width)..<(($0 + 1) * binCount * width)] }
        }
        var result = self
        result.trials = kept.map { trials[$0] }
        result.trialCount = kept.count
        result.values = pick(values, units.count)
        result.behavior = pick(behavior, behaviorNames.count)
        result.trueRates = trueRates.map { pick($0, units.count) }
        return result
    }
}
