import Foundation
import LinearAlgebra

/// What a day does in each condition, in a few stretches of time: condition averages of units or of behaviour
/// channels, coarse enough to be compared with hundreds of shuffled ones.
struct ConditionPattern {
    /// Places in the list of conditions, ascending.
    let conditions: [Int]
    /// Names of the columns.
    let channels: [String]
    /// Stretches of time.
    let stretches: Int
    /// `[conditions · channels, stretches]` row-major; NaN where nothing was measured.
    private var values: [Double]

    /// Stretches into which trials of so many conditions are cut: fewer where there are many conditions.
    static func stretches(conditions: Int, bins: Int) -> Int {
        max(1, min(8, bins, max(2, 64 / max(conditions, 1))))
    }

    subscript(condition: Int, channel: Int, stretch: Int) -> Double {
        values[(condition * channels.count + channel) * stretches + stretch]
    }

    /// Of bins, `value(condition, channel, bin)` with conditions by their index here.
    private init(
        conditions: [Int], channels: [String], bins: Int, stretches: Int,
        value: (_ condition: Int, _ channel: Int, _ bin: Int) -> Double
    ) {
        self.conditions = conditions
        self.channels = channels
        self.stretches = stretches
        values = []
        values.reserveCapacity(conditions.count * channels.count * stretches)
        for condition in conditions.indices {
            for channel in channels.indices {
                for s in 0..<stretches {
                    let measured = ((s * bins / stretches)..<((s + 1) * bins / stretches))
                        .map { value(condition, channel, $0) }.filter(\.isFinite)
                    values.append(
                        measured.isEmpty ? .nan : measured.reduce(0, +) / Double(measured.count))
                }
            }
        }
    }

    /// Of units, each in units of the root of its mean count, in which Poisson noise is alike for all.
    init(_ averages: ConditionAverages, units: [String], stretches: Int) {
        let counts = averages.smoothed
        let bins = averages.binCount
        let scales = units.indices.map { unit in
            let mean =
                (0..<counts.rows).reduce(0) { $0 + abs(counts[$1, unit]) } / Double(max(counts.rows, 1))
            return mean > 0 ? 1 / mean.squareRoot() : 0
        }
        self.init(conditions: averages.places, channels: units, bins: bins, stretches: stretches) {
            counts[$0 * bins + $2, $1] * scales[$1]
        }
    }

    /// Of behaviour channels, those that tell conditions apart.
    init(_ behavior: BehaviorPattern, channels: [String], stretches: Int) {
        let conditions = behavior.conditions.sorted()
        self.init(
            conditions: conditions, channels: channels, bins: behavior.binCount, stretches: stretches
        ) { condition, channel, bin in
            behavior.average(condition: conditions[condition], channel: channel)[bin]
        }
    }

    /// Columns over pairs of conditions, `[channels, pairs · stretches]`: around the mean over the pairs in each
    /// stretch, which all conditions have in common, and at unit length. Nought where nothing was measured
    /// or nothing varies.
    ///
    /// - Parameter chosen: indices of conditions here, in the pairs' order.
    func rows(_ chosen: [Int]) -> Matrix {
        var rows = Matrix(zeros: channels.count, chosen.count * stretches)
        for channel in channels.indices {
            var squares = 0.0
            var all = 0.0
            for s in 0..<stretches {
                let measured = chosen.map { self[$0, channel, s] }
                let finite = measured.filter(\.isFinite)
                let mean = finite.reduce(0, +) / Double(max(finite.count, 1))
                for (place, value) in measured.enumerated() where value.isFinite {
                    rows[channel, place * stretches + s] = value - mean
                    squares += (value - mean) * (value - mean)
                    all += value * value
                }
            }
            // What rounding alone leaves of a column that doesn't vary is nothing.
            let scale = squares > 1e-12 * all ? 1 / squares.squareRoot() : 0
            for i in 0..<rows.columns { rows[channel, i] *= scale }
        }
        return rows
    }
}
