import LFADS
import Recordings
import TestSupport

@testable import Alignment
@testable import Stitching

extension TrainedWorld {
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
func conditionAgreements(_ sessions: [PreparedSession]) throws -> [ConditionAgreement] {
    let alignable = sessions.map(\.alignable)
    let list = ConditionList(alignable)
    let channels = ConditionAgreement.commonChannels(alignable)
    return try ConditionAgreement.all(
        alignable.map { BehaviorPattern($0, list, channels: channels) }, list, channels: channels)
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
