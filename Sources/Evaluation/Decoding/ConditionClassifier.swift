import LinearAlgebra

/// Which condition a trial belongs to, by ridge regression onto one indicator per condition.
enum ConditionClassifier {
    /// Share of tested trials that are named right; `nil` with less than two conditions in training, or
    /// none in what is tested.
    static func accuracy(
        features: (Int) -> [Double], labels: [String?], training: [Int], tested: [Int]
    ) throws -> Double? {
        var names: [String] = []
        for trial in training { if let name = labels[trial], !names.contains(name) { names.append(name) } }
        let known = training.filter { labels[$0] != nil }
        let asked = tested.filter { trial in labels[trial].map(names.contains) ?? false }
        guard names.count > 1, !asked.isEmpty else { return nil }
        func matrix(_ trials: [Int]) -> Matrix {
            let rows = trials.map(features)
            return Matrix(
                rows: rows.count, columns: rows.first?.count ?? 0, values: rows.flatMap { $0 })
        }
        var indicators = Matrix(zeros: known.count, names.count)
        for (row, trial) in known.enumerated() {
            if let place = names.firstIndex(where: { $0 == labels[trial] }) {
                indicators[row, place] = 1
            }
        }
        let (fit, _) = try RidgeRegression.crossValidated(
            regressors: matrix(known), targets: indicators, groups: Array(known.indices), folds: 5)
        let predicted = fit.predict(matrix(asked))
        var right = 0
        for (row, trial) in asked.enumerated() {
            let best = names.indices.max { predicted[row, $0] < predicted[row, $1] } ?? 0
            if names[best] == labels[trial] { right += 1 }
        }
        return Double(right) / Double(asked.count)
    }
}
