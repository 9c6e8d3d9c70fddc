import Foundation
import LFADS

/// Inference of single trials, one call after the other: what an experiment that waits for it sees.
struct LatencyMeasurement: Codable {
    var configuration: String
    var trials: Int
    /// Seconds.
    var median: Double
    var p99: Double
    var longest: Double

    static func run(_ configuration: Configuration, trials: Int) throws -> LatencyMeasurement {
        let data = try configuration.data()
        let model = try StitchedModel(configuration.model, sessions: data, seed: 1, threads: 1)
        let count = data[0].trialCount
        func infer(_ trial: Int) -> InferredTrials {
            model.infer(session: 0, trials: [trial], quantities: [.factors, .rates])
        }
        // The same bits alone and among others.
        let together = model.infer(
            session: 0, trials: Array(0..<count), quantities: [.factors, .rates])
        let size = together.factors.count / count
        for trial in [0, count - 1] {
            guard infer(trial).factors == Array(together.factors[(trial * size)..<((trial + 1) * size)])
            else { throw BenchmarkError.wrong("the inference of a single trial") }
        }
        var trial = 0
        let seconds = times(trials, warmUp: 20) {
            _ = infer(trial)
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
            let configuration = Configuration.sessions(count, trials: trials)
            let model = try StitchedModel(
                configuration.model, sessions: try configuration.data(), seed: 1, threads: threads)
            let training = try StitchedTraining(model, configuration.training, seed: 1)
            let first = try times(1) { _ = try training.runEpoch() }
            let repetitions = max(5, Int(seconds / first[0]))
            let epoch = median(try times(repetitions) { _ = try training.runEpoch() })
            return ScalingMeasurement(
                sessions: count, trialsPerSession: trials, threads: threads, epochSeconds: epoch,
                secondsPerTrial: epoch / Double(count * trials))
        }
    }
}
