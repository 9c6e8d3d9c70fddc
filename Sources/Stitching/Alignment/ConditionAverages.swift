import Messages
import Foundation
import LinearAlgebra

/// Condition averages of one session's training trials.
struct ConditionAverages {
    /// Places in the run's list of conditions of those that this session has in training.
    let conditions: [Int]
    /// Training trials behind each of them.
    var trialCounts: [Int] { trials.map(\.count) }
    private let trials: [[Int]]
    let binCount: Int
    /// Mean counts per bin, `[conditions · bins, units]`.
    let counts: Matrix
    /// The same, smoothed in time.
    let smoothed: Matrix

    /// - Parameters:
    ///   - labels: of every trial, as places in the run's list of conditions; trials without a label
    ///     are left out.
    ///   - standardDeviation: of the Gaussian, in bins.
    init(_ session: PreparedSession, labels: [Int?], standardDeviation: Double) {
        let units = session.trials.unitCount
        let bins = session.trials.binCount
        var trials: [Int: [Int]] = [:]
        for trial in session.trainingTrials {
            if let label = labels[trial] { trials[label, default: []].append(trial) }
        }
        let present = trials.keys.sorted()
        conditions = present
        self.trials = present.map { trials[$0] ?? [] }
        binCount = bins
        var average = Matrix(zeros: present.count * bins, units)
        for (index, condition) in present.enumerated() {
            let members = trials[condition] ?? []
            for trial in members {
                for t in 0..<bins {
                    let source = (trial * bins + t) * units
                    let target = (index * bins + t) * units
                    for j in 0..<units {
                        average.values[target + j] += Double(session.trials.counts.values[source + j])
                    }
                }
            }
            let scale = 1 / Double(max(members.count, 1))
            for i in (index * bins * units)..<((index + 1) * bins * units) {
                average.values[i] *= scale
            }
        }
        counts = average
        smoothed = Self.smooth(average, blocks: present.count, standardDeviation: standardDeviation)
    }

    /// One row's condition, for folds that keep a condition together.
    var groups: [Int] { conditions.flatMap { [Int](repeating: $0, count: binCount) } }
    /// One row's number of trials.
    var rowWeights: [Double] {
        trialCounts.flatMap { [Double](repeating: Double($0), count: binCount) }
    }

    /// How single trials scatter about their condition's average.
    func scatter(_ session: PreparedSession) -> SingleTrialScatter {
        let units = counts.columns
        var variances = Matrix(zeros: counts.rows, units)
        var shares = variances
        for (index, members) in trials.enumerated() {
            let scale = 1 / Double(max(members.count, 1))
            for trial in members {
                for i in 0..<(binCount * units) {
                    let value = Double(session.trials.counts.values[trial * binCount * units + i])
                    let place = index * binCount * units + i
                    let d = value - counts.values[place]
                    variances.values[place] += scale * d * d
                    if value > 0 { shares.values[place] += scale }
                }
            }
        }
        return SingleTrialScatter(variances: variances, nonZeroShares: shares)
    }

    /// Gaussian smoothing of every block of rows in time, the kernel renormalised at the edges.
    static func smooth(_ rows: Matrix, blocks: Int, standardDeviation: Double) -> Matrix {
        // A deviation whose square is 0 smooths nothing.
        guard standardDeviation * standardDeviation > 0, standardDeviation > 0, blocks > 0 else {
            return rows
        }
        let bins = rows.rows / blocks
        // The lesser one first: an integer can't hold every deviation.
        let reach = Int(min(Double(bins - 1), (4 * standardDeviation).rounded(.up)))
        let kernel = (0...max(reach, 0)).map {
            exp(-0.5 * Double($0 * $0) / (standardDeviation * standardDeviation))
        }
        var result = Matrix(zeros: rows.rows, rows.columns)
        for block in 0..<blocks {
            for t in 0..<bins {
                var total = 0.0
                for s in max(0, t - reach)...min(bins - 1, t + reach) { total += kernel[abs(s - t)] }
                for s in max(0, t - reach)...min(bins - 1, t + reach) {
                    let weight = kernel[abs(s - t)] / total
                    let source = (block * bins + s) * rows.columns
                    let target = (block * bins + t) * rows.columns
                    for j in 0..<rows.columns {
                        result.values[target + j] += weight * rows.values[source + j]
                    }
                }
            }
        }
        return result
    }
}

/// The conditions of a run in the order of their first appearance, sessions in the run's order.
///
/// The order depends on the trials and not on what conditions are called.
struct ConditionList: Sendable {
    let names: [String]
    private let places: [String: Int]

    init(_ sessions: [PreparedSession]) {
        var names: [String] = []
        var places: [String: Int] = [:]
        for session in sessions {
            for trial in session.recording.trials {
                guard let name = trial.condition, places[name] == nil else { continue }
                places[name] = names.count
                names.append(name)
            }
        }
        self.names = names
        self.places = places
    }

    /// Places of a session's trials, `nil` for a trial without a label; `nil` as a whole where no
    /// training trial has one.
    func labels(of session: PreparedSession) -> [Int?]? {
        let labels = session.recording.trials.map { $0.condition.flatMap { places[$0] } }
        return session.trainingTrials.contains { labels[$0] != nil } ? labels : nil
    }
}
