import Foundation
import LFADS
import ModelCases

/// Inference of single trials, one call after the other: what an experiment that waits for it sees.
struct LatencyMeasurement: Codable {
    var configuration: String
    var trials: Int
    /// Seconds.
    var median: Double
    var p99: Double
    var longest: Double

    static func run(_ configuration: ModelCase, trials: Int) throws -> LatencyMeasurement {
        let data = try configuration.data()
        let model = try StitchedModel(
            configuration.model, sessions: data.map(\.shape), startingFrom: 1, threads: 1)
        let count = data[0].trialCount
        func infer(_ trial: Int) throws -> InferredTrials {
            try model.infer(data[0], chosen: [trial], quantities: [.factors, .rates])
        }
        // The same bits alone and among others.
        let together = try model.infer(
            data[0], chosen: Array(0..<count), quantities: [.factors, .rates])
        for trial in [0, count - 1] {
            guard let alone = try infer(trial).factors, let among = together.factors,
                alone[trial: 0] == among[trial: trial]
            else { throw BenchmarkError.wrong("the inference of a single trial") }
        }
        var trial = 0
        let seconds = try times(trials, warmUp: 20) {
            _ = try infer(trial)
            trial = (trial + 1) % count
        }
        return LatencyMeasurement(
            configuration: configuration.name, trials: trials,
            median: quantile(seconds, 0.5), p99: quantile(seconds, 0.99),
            longest: seconds.max() ?? .nan)
    }
}

/// A whole epoch, held-out trials included, for numbers of sessions: the time of a trial should not
/// depend on how many other days there are.
struct ScalingMeasurement: Codable {
    var sessions: Int
    var trialsPerSession: Int
    var threads: Int
    var epochSeconds: Double
    var secondsPerTrial: Double

    /// - Parameter seconds: per number of sessions.
    static func run(
        sessions counts: [Int], trials: Int, threads: Int, seconds: Double
    ) throws -> [ScalingMeasurement] {
        try counts.map { count in
            let configuration = ModelCase.sessions(count, trials: trials)
            let training = try configuration.start(threads: threads, seed: 1)
            let first = try times(1) { _ = try training.runEpoch() }
            let repetitions = max(5, Int(seconds / first[0]))
            let epoch = median(try times(repetitions) { _ = try training.runEpoch() })
            return ScalingMeasurement(
                sessions: count, trialsPerSession: trials, threads: threads, epochSeconds: epoch,
                secondsPerTrial: epoch / Double(count * trials))
        }
    }
}
