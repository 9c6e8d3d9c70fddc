import Foundation
import LinearAlgebra
import Messages

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
    /// Conditions whose behaviour on this day is nearest to that of another condition on the other days.
    let mistaken: [(condition: String, resembles: String)]
    let compared: Int

    static let warningBelow = 0.5

    /// Mean over channels; `nil` where behaviour or labels are missing.
    var correlation: Double? {
        channels.isEmpty ? nil : channels.reduce(0) { $0 + $1.correlation } / Double(channels.count)
    }

    /// What to tell the user; `nil` where every channel agrees.
    ///
    /// Other labels show in most channels or in most conditions. A single channel that disagrees while
    /// the conditions move as they should is a matter of that channel; and so is it where other witnesses say
    /// that the labels are right.
    ///
    /// - Parameter witnesses: what says so; empty for none.
    func warning(session: String, labelsAreRight witnesses: String = "") -> String? {
        let disagreeing = channels.filter { $0.correlation < Self.warningBelow }
        guard !disagreeing.isEmpty, let correlation else { return nil }
        let names = disagreeing.map { "\($0.name) (\(rounded($0.correlation)))" }
            .joined(separator: ", ")
        let agreeing = channels.count - disagreeing.count
        let manyMistaken = !mistaken.isEmpty && 2 * mistaken.count >= compared
        guard disagreeing.count > agreeing || manyMistaken, witnesses.isEmpty else {
            return
                "session \(session): behaviour in \(names) does not follow the conditions as on the "
                + "other days (correlation in brackets)"
                + (agreeing > 0 ? ", but the other \(counted(agreeing))" : "") + witnesses
                + "; check whether "
                + (disagreeing.count == 1 ? "this channel means" : "these channels mean")
                + " the same on all days"
        }
        let examples = mistaken.prefix(3)
            .map { "condition \($0.condition) moves like the others' \($0.resembles)" }
            .joined(separator: ", ")
        return
            "session \(session): by behaviour its conditions are not those of the other days (mean "
            + "correlation \(rounded(correlation))): \(names)"
            + (agreeing > 0 ? " disagree, the other \(counted(agreeing))" : "")
            + (examples.isEmpty
                ? ""
                : "; \(mistaken.count) of \(compared) conditions resemble another one: \(examples)")
            + "; check which field `condition` names (the days may number their targets differently), "
            + "and whether these channels mean the same on all days"
    }

    private func counted(_ agreeing: Int) -> String {
        agreeing == 1 ? "channel agrees" : "\(agreeing) channels agree"
    }

    static let none = ConditionAgreement(channels: [], mistaken: [], compared: 0)

    /// Channels that all days with behaviour have.
    static func commonChannels(_ sessions: [AlignableSession]) -> [String] {
        var common: [String]?
        for names in sessions.map(\.behavior.columns.names) where !names.isEmpty {
            common = common.map { $0.filter(names.contains) } ?? names
        }
        return common ?? []
    }

    /// One for each session, against all the others.
    ///
    /// - Parameter threads: sessions that are compared at once.
    static func all(
        _ patterns: [BehaviorPattern?], _ list: ConditionList, channels: [String], threads: Int = 1
    ) throws -> [ConditionAgreement] {
        try SideBySide.map(patterns.count, threads: threads) {
            channels.isEmpty ? none : compare($0, patterns, list, channels: channels)
        }
    }

    private static func compare(
        _ index: Int, _ patterns: [BehaviorPattern?], _ list: ConditionList, channels: [String]
    ) -> ConditionAgreement {
        guard let own = patterns[index] else { return none }
        // Time courses in common are those of the conditions that both days have.
        let others = patterns.enumerated().filter { $0.offset != index }.compactMap(\.element)
            .filter { own.conditions.intersection($0.conditions).count >= 2 }
        let shared = own.conditions.filter { condition in
            others.contains { $0.conditions.contains(condition) }
        }.sorted()
        var measured: [Channel] = []
        var mine: [[Int: [Double]]] = []
        var reference: [[Int: [Double]]] = []
        for (channel, name) in channels.enumerated() {
            let pairs = others.compactMap { own.centred(with: $0, channel: channel) }
            // A channel that is constant or was not measured, here or there, tells nothing.
            guard !pairs.isEmpty else { continue }
            let here = mean(pairs.map { scaled($0.own) }, shared, own.binCount)
            let there = mean(pairs.map { scaled($0.other) }, shared, own.binCount)
            guard
                let value = correlation(
                    shared.flatMap { here[$0] ?? [] }, shared.flatMap { there[$0] ?? [] })
            else { continue }
            measured.append(Channel(name: name, correlation: value))
            mine.append(here)
            reference.append(there)
        }
        guard measured.contains(where: { $0.correlation < warningBelow }) else {
            return ConditionAgreement(channels: measured, mistaken: [], compared: shared.count)
        }
        var mistaken: [(condition: String, resembles: String)] = []
        for condition in shared {
            let value = mine.flatMap { $0[condition] ?? [] }
            let nearest = shared.map { other in
                (distance: distance(value, reference.flatMap { $0[other] ?? [] }), condition: other)
            }.min { $0.distance < $1.distance }
            guard let nearest, nearest.distance.isFinite, nearest.condition != condition else {
                continue
            }
            mistaken.append((list.names[condition], list.names[nearest.condition]))
        }
        return ConditionAgreement(channels: measured, mistaken: mistaken, compared: shared.count)
    }

    /// Mean square of the differences where both were measured.
    private static func distance(_ a: [Double], _ b: [Double]) -> Double {
        let squares = zip(a, b).map { ($0 - $1) * ($0 - $1) }.filter { !$0.isNaN }
        return squares.isEmpty ? .infinity : squares.reduce(0, +) / Double(squares.count)
    }

    /// Where both were measured; `nil` where one of them doesn't vary there.
    private static func correlation(_ a: [Double], _ b: [Double]) -> Double? {
        let both = zip(a, b).filter { !$0.isNaN && !$1.isNaN }
        let n = Double(max(both.count, 1))
        let (ma, mb) = (both.reduce(0) { $0 + $1.0 } / n, both.reduce(0) { $0 + $1.1 } / n)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in both {
            ab += (x - ma) * (y - mb)
            aa += (x - ma) * (x - ma)
            bb += (y - mb) * (y - mb)
        }
        return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : nil
    }

    /// Mean over days, by condition, of what was measured.
    private static func mean(
        _ days: [[Int: [Double]]], _ conditions: [Int], _ bins: Int
    ) -> [Int: [Double]] {
        var result: [Int: [Double]] = [:]
        for condition in conditions {
            let values = days.compactMap { $0[condition] }
            result[condition] = (0..<bins).map { t in
                let measured = values.map { $0[t] }.filter { !$0.isNaN }
                return measured.isEmpty ? .nan : measured.reduce(0, +) / Double(measured.count)
            }
        }
        return result
    }

    /// At unit variance.
    private static func scaled(_ day: [Int: [Double]]) -> [Int: [Double]] {
        var (sum, count) = (0.0, 0)
        for condition in day.keys.sorted() {
            for value in day[condition] ?? [] where !value.isNaN {
                sum += value * value
                count += 1
            }
        }
        let variance = sum / Double(max(count, 1))
        let scale = variance > 0 ? 1 / variance.squareRoot() : 0
        return day.mapValues { $0.map { $0 * scale } }
    }
}
