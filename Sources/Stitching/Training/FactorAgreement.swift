import Alignment
import LFADS

/// Agreement of the days' condition-averaged factors as a model has them: which trials take part, and the
/// averages that `Agreement` is measured of.
public struct FactorAgreement: Sendable, Codable {
    /// A session that has labels.
    private struct Day: Codable {
        /// Its place in the run.
        let session: Int
        /// `nil` for a trial without one.
        let labels: [Int?]
        /// Those that take part.
        let trials: [Int]
    }
    private let days: [Day]
    private let conditions: [Int]

    /// Training trials per condition that an epoch's value takes beside the held-out ones: an epoch's
    /// value is a by-product, the final one uses all trials.
    static let trainingTrialsPerCondition = 4

    /// Sessions without labels are left out; `nil` unless all others share a condition.
    init?(_ sessions: [PreparedSession], trainingTrialsPerCondition limit: Int?) {
        let list = ConditionList(sessions.map(\.alignable))
        var days: [Day] = []
        var common: Set<Int>?
        for (place, session) in sessions.enumerated() {
            guard let labels = list.labels(of: session.alignable) else { continue }
            var taken: [Int: Int] = [:]
            var chosen = session.validationTrials.filter { labels[$0] != nil }
            for trial in session.trainingTrials {
                guard let label = labels[trial] else { continue }
                taken[label, default: 0] += 1
                if let limit, taken[label, default: 0] > limit { continue }
                chosen.append(trial)
            }
            days.append(Day(session: place, labels: labels, trials: chosen.sorted()))
            let own = Set(chosen.compactMap { labels[$0] })
            common = common.map { $0.intersection(own) } ?? own
        }
        guard days.count > 1, let common, !common.isEmpty else { return nil }
        self.days = days
        conditions = common.sorted()
    }

    /// The agreement as a model has it.
    ///
    /// - Parameter sessions: those that the measure was made for.
    /// - Throws: `LFADSError` for a model of other sessions.
    func value(_ model: StitchedModel, _ sessions: [PreparedSession]) throws -> Double {
        try value(model, nil) { sessions[$0].trials }
    }

    /// The same of several processes, each of which has the trials of some consecutive sessions.
    ///
    /// - Parameters:
    ///   - relay: `nil` where one process has all of them.
    ///   - trials: those of a session, given its place; `nil` where another process has them.
    /// - Throws: `LFADSError`, and what the relay throws.
    func value(
        _ model: StitchedModel, _ relay: (any Relay)?, trials: (Int) -> SessionTrials?
    ) throws -> Double {
        let size = conditions.count * model.configuration.factorCount * model.configuration.binCount
        var averages = [Double](repeating: 0, count: days.count * size)
        var own = 0..<0
        for (place, day) in days.enumerated() {
            guard let trials = trials(day.session) else { continue }
            let values = try average(model, day, trials)
            averages.replaceSubrange((place * size)..<((place + 1) * size), with: values)
            own = (own.isEmpty ? place * size : own.lowerBound)..<((place + 1) * size)
        }
        try relay?.gather(&averages, own: own)
        return Agreement(
            days.indices.map { Array(averages[($0 * size)..<(($0 + 1) * size)]) },
            width: model.configuration.factorCount
        ).overall
    }

    /// Condition-averaged factors of one labelled session, `[conditions, bins, factors]`.
    private func average(_ model: StitchedModel, _ day: Day, _ trials: SessionTrials) throws -> [Double] {
        let inferred = try model.infer(trials, chosen: day.trials, quantities: .factors)
        let factors = inferred.factors?.values ?? []
        let width = model.configuration.factorCount * inferred.binCount
        let place = Dictionary(uniqueKeysWithValues: conditions.enumerated().map { ($1, $0) })
        var sums = [Double](repeating: 0, count: conditions.count * width)
        var counts = [Double](repeating: 0, count: conditions.count)
        for (index, trial) in inferred.trials.enumerated() {
            guard let label = day.labels[trial], let condition = place[label] else { continue }
            counts[condition] += 1
            for i in 0..<width {
                sums[condition * width + i] += Double(factors[index * width + i])
            }
        }
        for condition in conditions.indices {
            for i in 0..<width { sums[condition * width + i] /= max(counts[condition], 1) }
        }
        return sums
    }
}
