import Alignment
import LFADS

/// Agreement of the days' condition-averaged factors as a model has them: which trials take part, and the
/// averages that `Agreement` is measured of.
public struct FactorAgreement: Sendable {
    /// Of the sessions that have labels.
    private let sessions: [SessionTrials]
    /// `nil` for a trial without a label.
    private let labels: [[Int?]]
    private let trials: [[Int]]
    private let conditions: [Int]

    /// Training trials per condition that an epoch's value takes beside the held-out ones: an epoch's
    /// value is a by-product, the final one uses all trials.
    static let trainingTrialsPerCondition = 4

    /// Sessions without labels are left out; `nil` unless all others share a condition.
    init?(_ sessions: [PreparedSession], trainingTrialsPerCondition limit: Int?) {
        let list = ConditionList(sessions.map(\.alignable))
        let labelled = sessions.compactMap { session in
            list.labels(of: session.alignable).map { (session: session, labels: $0) }
        }
        guard labelled.count > 1 else { return nil }
        var trials: [[Int]] = []
        var common: Set<Int>?
        for (session, labels) in labelled {
            var taken: [Int: Int] = [:]
            var chosen = session.validationTrials.filter { labels[$0] != nil }
            for trial in session.trainingTrials {
                guard let label = labels[trial] else { continue }
                taken[label, default: 0] += 1
                if let limit, taken[label, default: 0] > limit { continue }
                chosen.append(trial)
            }
            trials.append(chosen.sorted())
            let own = Set(chosen.compactMap { labels[$0] })
            common = common.map { $0.intersection(own) } ?? own
        }
        guard let common, !common.isEmpty else { return nil }
        self.sessions = labelled.map(\.session.trials)
        labels = labelled.map(\.labels)
        self.trials = trials
        conditions = common.sorted()
    }

    /// - Throws: `LFADSError` for a model of other sessions.
    func value(_ model: StitchedModel) throws -> Double {
        Agreement(
            try labels.indices.map { try average(model, $0) }, width: model.configuration.factorCount
        ).overall
    }

    /// Condition-averaged factors of one labelled session, `[conditions, bins, factors]`.
    private func average(_ model: StitchedModel, _ day: Int) throws -> [Double] {
        let inferred = try model.infer(sessions[day], chosen: trials[day], quantities: .factors)
        let factors = inferred.factors?.values ?? []
        let width = model.configuration.factorCount * inferred.binCount
        let place = Dictionary(uniqueKeysWithValues: conditions.enumerated().map { ($1, $0) })
        var sums = [Double](repeating: 0, count: conditions.count * width)
        var counts = [Double](repeating: 0, count: conditions.count)
        for (index, trial) in inferred.trials.enumerated() {
            guard let label = labels[day][trial], let condition = place[label] else { continue }
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
