import Foundation
import Recordings

/// Whether condition labels mean the same on all days, told by behaviour.
///
/// Two days whose sources number the targets differently align perfectly by their condition averages,
/// to the wrong targets; the regression's R² does not show it, and decoding across days fails.
/// Behaviour does show it: per day, condition averages of every common channel, standardised over the
/// day, are correlated with those of the other days.
struct ConditionAgreement {
    /// Correlation with the average of the other days; `nil` where behaviour or labels are missing.
    let correlation: Double?
    /// Conditions whose behaviour on this day is nearest to another condition's on the others.
    let mistaken: [(condition: String, resembles: String)]
    let compared: Int

    static let warningBelow = 0.5

    var isSuspicious: Bool {
        guard let correlation else { return false }
        return correlation < Self.warningBelow || 2 * mistaken.count > compared
    }

    /// - Parameters:
    ///   - sessions: all of the run. - index: the one to compare with the others.
    static func all(_ sessions: [PreparedSession], _ list: ConditionList) -> [ConditionAgreement] {
        let nothing = ConditionAgreement(correlation: nil, mistaken: [], compared: 0)
        let common = sessions.reduce(nil as [String]?) { channels, session in
            guard !session.recording.behaviorNames.isEmpty else { return channels }
            let own = session.recording.behaviorNames
            return channels.map { $0.filter(own.contains) } ?? own
        } ?? []
        guard !common.isEmpty else { return sessions.map { _ in nothing } }
        let patterns = sessions.map { pattern($0, list, channels: common) }
        return sessions.indices.map { index in
            guard let own = patterns[index] else { return nothing }
            var others: [Int: (sum: [Double], count: Int)] = [:]
            for (other, pattern) in patterns.enumerated() where other != index {
                for (condition, values) in pattern ?? [:] {
                    var entry = others[condition] ?? ([Double](repeating: 0, count: values.count), 0)
                    for i in values.indices { entry.sum[i] += values[i] }
                    entry.count += 1
                    others[condition] = entry
                }
            }
            let shared = own.keys.filter { others[$0] != nil }.sorted()
            guard shared.count >= 2 else { return nothing }
            let references = shared.map { condition -> [Double] in
                guard let entry = others[condition] else { return [] }
                return entry.sum.map { $0 / Double(entry.count) }
            }
            let values = shared.map { own[$0] ?? [] }
            var mistaken: [(condition: String, resembles: String)] = []
            for (place, value) in values.enumerated() {
                let nearest = references.indices.min {
                    distance(value, references[$0]) < distance(value, references[$1])
                }
                if let nearest, nearest != place {
                    mistaken.append((list.names[shared[place]], list.names[shared[nearest]]))
                }
            }
            return ConditionAgreement(
                correlation: correlation(values.flatMap { $0 }, references.flatMap { $0 }),
                mistaken: mistaken, compared: shared.count)
        }
    }

    /// Standardised condition averages `[bins · channels]` by condition; training trials only.
    private static func pattern(
        _ session: PreparedSession, _ list: ConditionList, channels: [String]
    ) -> [Int: [Double]]? {
        let recording = session.recording
        guard let labels = list.labels(of: session), !recording.behaviorNames.isEmpty else { return nil }
        let columns = channels.compactMap { recording.behaviorNames.firstIndex(of: $0) }
        let width = recording.behaviorNames.count
        let bins = recording.binCount
        let length = bins * columns.count
        var sums: [Int: [Double]] = [:]
        var counts: [Int: [Double]] = [:]
        for trial in session.trainingTrials {
            let condition = labels[trial]
            var sum = sums[condition] ?? [Double](repeating: 0, count: length)
            var count = counts[condition] ?? [Double](repeating: 0, count: length)
            for t in 0..<bins {
                for (k, column) in columns.enumerated() {
                    let value = recording.behavior[(trial * bins + t) * width + column]
                    guard value.isFinite else { continue }
                    sum[t * columns.count + k] += Double(value)
                    count[t * columns.count + k] += 1
                }
            }
            sums[condition] = sum
            counts[condition] = count
        }
        var averages = sums
        for (condition, sum) in sums {
            let count = counts[condition] ?? []
            averages[condition] = sum.indices.map { count[$0] > 0 ? sum[$0] / count[$0] : 0 }
        }
        // Standardise each channel over the day's conditions and bins.
        let conditions = averages.keys.sorted()
        for k in columns.indices {
            var values: [Double] = []
            for condition in conditions {
                let average = averages[condition] ?? []
                for t in 0..<bins { values.append(average[t * columns.count + k]) }
            }
            let mean = values.reduce(0, +) / Double(max(values.count, 1))
            let variance =
                values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count, 1))
            let scale = variance > 0 ? 1 / variance.squareRoot() : 0
            for condition in conditions {
                for t in 0..<bins {
                    let place = t * columns.count + k
                    let value = averages[condition]?[place] ?? 0
                    averages[condition]?[place] = (value - mean) * scale
                }
            }
        }
        return averages
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
