/// Which units share too many spikes: cross-talk between channels, or a neuron that was sorted twice.
///
/// Two units' spikes are compared in bins of a millisecond (or as fine as the source is) by the Pearson
/// correlation of their counts at lag 0. Cells that merely fire together stay far below 0.1 there;
/// shared noise doesn't.
struct CoincidentSpikes {
    /// One entry a bin and unit in which it fired.
    struct Event {
        let bin: Int
        let unit: Int
        var count: Float
    }

    private let correlations: [[Double]]

    /// - Parameter binCount: all bins, those without spikes too.
    init(events: [Event], unitCount: Int, binCount: Int) {
        var sums = [Double](repeating: 0, count: unitCount)
        var products = [[Double]](
            repeating: [Double](repeating: 0, count: unitCount), count: unitCount)
        let ordered = Self.joined(events)
        var first = 0
        while first < ordered.count {
            var end = first
            while end < ordered.count, ordered[end].bin == ordered[first].bin { end += 1 }
            for a in first..<end {
                sums[ordered[a].unit] += Double(ordered[a].count)
                for b in a..<end {
                    products[ordered[a].unit][ordered[b].unit] +=
                        Double(ordered[a].count) * Double(ordered[b].count)
                }
            }
            first = end
        }
        let bins = Double(max(binCount, 1))
        func covariance(_ a: Int, _ b: Int) -> Double {
            products[a][b] / bins - sums[a] / bins * sums[b] / bins
        }
        correlations = (0..<unitCount).map { a in
            (0..<unitCount).map { b in
                let spread = (covariance(a, a) * covariance(b, b)).squareRoot()
                return spread > 0 ? covariance(min(a, b), max(a, b)) / spread : 0
            }
        }
    }

    /// One entry for each bin and unit, ordered by both.
    private static func joined(_ events: [Event]) -> [Event] {
        var result: [Event] = []
        for event in events.sorted(by: { ($0.bin, $0.unit) < ($1.bin, $1.unit) }) {
            if let last = result.last, last.bin == event.bin, last.unit == event.unit {
                result[result.count - 1].count += event.count
            } else {
                result.append(event)
            }
        }
        return result
    }

    /// Units to remove so that no two that are left correlate above `maximum`: always the one with the
    /// most such partners, of those the one with the higher sum of these correlations, of those the later.
    func removals(maximum: Double) -> [(unit: Int, partner: Int, correlation: Double)] {
        var left = Array(correlations.indices)
        var removed: [(unit: Int, partner: Int, correlation: Double)] = []
        while true {
            var worst: (count: Int, sum: Double, unit: Int)?
            for unit in left {
                let tooHigh = left.filter { $0 != unit && correlations[unit][$0] > maximum }
                let sum = tooHigh.reduce(0) { $0 + correlations[unit][$1] }
                guard !tooHigh.isEmpty else { continue }
                if let known = worst, (known.count, known.sum) > (tooHigh.count, sum) { continue }
                worst = (tooHigh.count, sum, unit)
            }
            guard let unit = worst?.unit else { return removed }
            left.removeAll { $0 == unit }
            let partner = left.max { correlations[unit][$0] < correlations[unit][$1] } ?? unit
            removed.append((unit, partner, correlations[unit][partner]))
        }
    }
}
