/// How far condition-averaged factors are the same on all days: whether the stitch holds, told without
/// any behaviour. Bits per spike do not show it.
///
/// Of days a and b: 1 − Σ(f̄_a − f̄_b)²/V with f̄ the averages over common conditions and V the mean over
/// days of Σ(f̄ − mean f̄)², the mean being a day's own per factor; sums over conditions, bins and factors.
/// With C the variance that the days have in common and O that of each day alone it is 1 − 2·O/(C + O), so
/// (1 + agreement)/2 is the common share.
public struct Agreement: Sendable {
    /// Σ of squares between two days.
    private let distances: [[Double]]
    /// Σ of them over all pairs, added up element by element.
    private let between: Double
    private let variance: Double

    /// Compares the averages of several days with each other.
    ///
    /// - Parameters:
    ///   - averages: of each day, `[conditions · bins, width]` row-major, the same conditions for all.
    ///   - width: factors.
    ///   - variance: V where it is known already (of the same averages in another order).
    /// - Precondition: at least two days of the same length.
    public init(_ averages: [[Double]], width: Int, variance: Double? = nil) {
        var distances = [[Double]](
            repeating: [Double](repeating: 0, count: averages.count), count: averages.count)
        var between = 0.0
        for a in averages.indices {
            for b in averages.indices where b > a {
                for i in averages[a].indices {
                    let d = averages[a][i] - averages[b][i]
                    between += d * d
                    distances[a][b] += d * d
                }
                distances[b][a] = distances[a][b]
            }
        }
        self.distances = distances
        self.between = between
        self.variance = variance ?? Self.variance(averages, width: width)
    }

    /// The mean over all pairs of days.
    public var overall: Double {
        let pairs = distances.count * (distances.count - 1) / 2
        return 1 - (between / Double(pairs)) / variance
    }

    /// Each day's mean over the other days.
    public var ofDays: [Double] {
        distances.indices.map { a in
            var sum = 0.0
            for b in distances.indices where b != a {
                sum += 1 - distances[a][b] / variance
            }
            return sum / Double(distances.count - 1)
        }
    }

    /// V: the mean over days of the squares around a day's own mean of each factor.
    public static func variance(_ averages: [[Double]], width: Int) -> Double {
        var within = 0.0
        for average in averages {
            let rows = average.count / width
            for k in 0..<width {
                var mean = 0.0
                for row in 0..<rows { mean += average[row * width + k] }
                mean /= Double(rows)
                for row in 0..<rows {
                    let d = average[row * width + k] - mean
                    within += d * d
                }
            }
        }
        return within / Double(averages.count)
    }
}
