/// 1 − Σ(y − ŷ)²/Σ(y − ȳ)²: the coefficient of determination as every metric here uses it.
enum CoefficientOfDetermination {
    /// Errors and variances of all columns together, each column around its own mean of `actual`.
    ///
    /// - Parameters: `[rows, width]` each.
    /// - Returns: `nil` where nothing varies.
    static func pooled(actual: [Double], predicted: [Double], width: Int) -> Double? {
        let columns = sums(actual: actual, predicted: predicted, width: width)
        let total = columns.reduce(0) { $0 + $1.total }
        return total > 0 ? 1 - columns.reduce(0) { $0 + $1.error } / total : nil
    }

    /// Mean over the columns that vary.
    static func meanOverColumns(actual: [Double], predicted: [Double], width: Int) -> Double? {
        mean(
            sums(actual: actual, predicted: predicted, width: width)
                .filter { $0.total > 0 }.map { 1 - $0.error / $0.total })
    }

    private static func sums(
        actual: [Double], predicted: [Double], width: Int
    ) -> [(error: Double, total: Double)] {
        precondition(actual.count == predicted.count && width > 0)
        let rows = actual.count / width
        guard rows > 0 else { return [] }
        var means = [Double](repeating: 0, count: width)
        for i in 0..<(rows * width) { means[i % width] += actual[i] / Double(rows) }
        var result = [(error: Double, total: Double)](repeating: (0, 0), count: width)
        for i in 0..<(rows * width) {
            let (e, d) = (actual[i] - predicted[i], actual[i] - means[i % width])
            result[i % width].error += e * e
            result[i % width].total += d * d
        }
        // A column that is constant but for rounding has nothing to explain.
        for j in 0..<width
        where result[j].total <= 1e-24 * Double(rows) * means[j] * means[j] { result[j].total = 0 }
        return result
    }
}

/// Mean of the values that are known; `nil` where none is.
func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
}
