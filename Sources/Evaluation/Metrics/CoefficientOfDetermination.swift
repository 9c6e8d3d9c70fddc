import LinearAlgebra

/// The coefficient of determination, R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)², as every metric here uses it.
enum CoefficientOfDetermination {
    /// Errors and variances of all columns together, each column around its own mean of `actual`.
    ///
    /// - Parameters: of the same extents; rows are observations.
    /// - Returns: `nil` where nothing varies.
    static func pooled(actual: Matrix, predicted: Matrix) -> Double? {
        let columns = sums(actual: actual, predicted: predicted)
        let total = columns.reduce(0) { $0 + $1.total }
        return total > 0 ? 1 - columns.reduce(0) { $0 + $1.error } / total : nil
    }

    /// Mean over the columns that vary.
    static func meanOverColumns(actual: Matrix, predicted: Matrix) -> Double? {
        mean(
            sums(actual: actual, predicted: predicted)
                .filter { $0.total > 0 }.map { 1 - $0.error / $0.total })
    }

    /// By column; a total of 0 for a column that doesn't vary.
    private static func sums(
        actual: Matrix, predicted: Matrix
    ) -> [(error: Double, total: Double)] {
        precondition(actual.rows == predicted.rows && actual.columns == predicted.columns)
        let rows = Double(actual.rows)
        guard rows > 0 else { return [] }
        var means = [Double](repeating: 0, count: actual.columns)
        var result = [(error: Double, total: Double)](repeating: (0, 0), count: actual.columns)
        for row in 0..<actual.rows {
            for column in means.indices { means[column] += actual[row, column] / rows }
        }
        for row in 0..<actual.rows {
            for column in means.indices {
                let y = actual[row, column]
                let (e, d) = (y - predicted[row, column], y - means[column])
                result[column].error += e * e
                result[column].total += d * d
            }
        }
        // A column that is constant but for rounding has nothing to explain.
        for column in means.indices
        where result[column].total <= 1e-24 * rows * means[column] * means[column] {
            result[column].total = 0
        }
        return result
    }
}
