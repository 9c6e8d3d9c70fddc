import Foundation
import Recordings

/// Whether condition labels mean the same on all days, told by behaviour.
///
/// Two days whose sources number the targets differently align perfectly by their condition averages,
/// to the wrong targets; the regression's R² does not show it, and decoding across days fails.
/// Behaviour does show it: per day and channel, condition averages without the time course that all
/// conditions have in common are correlated with those of the other days.
struct ConditionAgreement {
    /// One behaviour channel's correlation with the average of the other days.
    struct Channel: Equatable {
        let name: String
        let correlation: Double
    }

    let channels: [Channel]
    /// Conditions whose behaviour on this day, in the channels that disagree, is nearest to that of
    /// another condition on the other days.
    let mistaken: [(condition: String, resembles: String)]
    let compared: Int

    static let warningBelow = 0.5

    /// Mean over channels; `nil` where behaviour or labels are missing.
    var correlation: Double? {
        channels.isEmpty ? nil : channels.reduce(0) { $0 + $1.correlation } / Double(channels.count)
    }

    /// What to tell the user; `nil` where every channel agrees.
    func warning(session: String) -> String? {
        let disagreeing = channels.filter { $0.correlation < Self.warningBelow }
        guard !disagreeing.isEmpty, let correlation else { return nil }
        let examples = mistaken.prefix(3)
            .map { "condition \($0.condition) moves like the others' \($0.resembles)" }
            .joined(separator: ", ")
        let names = disagreeing.map { "\($0.name) (\(rounded($0.correlation)))" }
            .joined(separator: ", ")
        let agreeing = channels.count - disagreeing.count
        return
            "session \(session): by behaviour its conditions are not those of the other days (mean "
            + "correlation \(rounded(correlation))): \(names)"
            + (agreeing > 0 ? " disagree, \(agreeing) other channels agree" : "")
            + (examples.isEmpty
                ? ""
                : "; \(mistaken.count) of \(compared) conditions resemble another one: \(examples)")
            + "; check which field `condition` names (the days may number their targets differently), "
            + "and whether these channels mean the same on all days"
    }

    static let none = ConditionAgreement(channels: [], mistaken: [], compared: 0)

    /// One for each session, against all the others.
    static func all(_ sessions: [PreparedSession], _ list: ConditionList) -> [ConditionAgreement] {
        var common: [String]?
        for names in sessions.map(\.recording.behaviorNames) where !names.isEmpty {
            common = common.map { $0.filter(names.contains) } ?? names
        }
        guard let common, !common.isEmpty else { return sessions.map { _ in none } }
        let patterns = sessions.map { BehaviorPattern($0, list, channels: common) }
        return sessions.indices.map { index in
            compare(index, patterns, list, channels: common)
        }
    }

    private static func compare(
        _ index: Int, _ patterns: [BehaviorPattern?], _ list: ConditionList, channels: [String]
    ) -> ConditionAgreement {
        guard let own = patterns[index] else { return none }
        let others = patterns.enumerated().filter { $0.offset != index }.compactMap(\.element)
        let shared = own.conditions.filter { condition in
            others.contains { $0.values[condition] != nil }
        }
        guard shared.count >= 2 else { return none }
        let bins = own.binCount
        /// Mean over the other days that have the condition, `[bins]`.
        func reference(_ condition: Int, _ channel: Int) -> [Double] {
            let values = others.compactMap { $0.values[condition]?[channel] }
            return (0..<bins).map { t in
                values.reduce(0) { $0 + $1[t] } / Double(max(values.count, 1))
            }
        }
        func mine(_ condition: Int, _ channel: Int) -> [Double] {
            own.values[condition]?[channel] ?? [Double](repeating: 0, count: bins)
        }
        let measured = channels.indices.map { channel in
            Channel(
                name: channels[channel],
                correlation: correlation(
                    shared.flatMap { mine($0, channel) }, shared.flatMap { reference($0, channel) }))
        }
        let suspect = channels.indices.filter { measured[$0].correlation < warningBelow }
        var mistaken: [(condition: String, resembles: String)] = []
        for condition in shared where !suspect.isEmpty {
            let value = suspect.flatMap { mine(condition, $0) }
            let nearest = shared.min { a, b in
                distance(value, suspect.flatMap { reference(a, $0) })
                    < distance(value, suspect.flatMap { reference(b, $0) })
            }
            if let nearest, nearest != condition {
                mistaken.append((list.names[condition], list.names[nearest]))
            }
        }
        return ConditionAgreement(channels: measured, mistaken: mistaken, compared: shared.count)
    }

    private static func distance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let n = Double(max(a.count, 1))
        let (ma, mb) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - ma) * (y - mb)
            aa += (x - ma) * (x - ma)
            bb += (y - mb) * (y - mb)
        }
        return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
    }
}

/// Condition averages of behaviour on one day, each channel without the time course that its
/// conditions have in common and at unit variance; training trials only.
private struct BehaviorPattern {
    let binCount: Int
    let conditions: [Int]
    /// By condition, then channel: `[bins]`.
    let values: [Int: [[Double]]]

    init?(_ session: PreparedSession, _ list: ConditionList, channels: [String]) {
        let recording = session.recording
        guard let labels = list.labels(of: session), !recording.behaviorNames.isEmpty else { return nil }
        let columns = channels.compactMap { recording.behaviorNames.firstIndex(of: $0) }
        let width = recording.behaviorNames.count
        let bins = recording.binCount
        let trials = Dictionary(grouping: session.trainingTrials) { labels[$0] }
        let conditions = trials.keys.sorted()
        var values: [Int: [[Double]]] = [:]
        for (condition, members) in trials {
            values[condition] = columns.map { column in
                (0..<bins).map { t in
                    let measured = members.map {
                        recording.behavior[($0 * bins + t) * width + column]
                    }.filter(\.isFinite)
                    return measured.reduce(0) { $0 + Double($1) } / Double(max(measured.count, 1))
                }
            }
        }
        for k in columns.indices {
            var sumOfSquares = 0.0
            for t in 0..<bins {
                var mean = 0.0
                for condition in conditions { mean += values[condition]?[k][t] ?? 0 }
                mean /= Double(max(conditions.count, 1))
                for condition in conditions {
                    let value = (values[condition]?[k][t] ?? 0) - mean
                    values[condition]?[k][t] = value
                    sumOfSquares += value * value
                }
            }
            let variance = sumOfSquares / Double(max(bins * conditions.count, 1))
            let scale = variance > 0 ? 1 / variance.squareRoot() : 0
            for condition in conditions {
                for t in 0..<bins {
                    let value = values[condition]?[k][t] ?? 0
                    values[condition]?[k][t] = value * scale
                }
            }
        }
        binCount = bins
        self.conditions = conditions
        self.values = values
    }
}
