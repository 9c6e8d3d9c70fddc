import LinearAlgebra

/// The trajectories that all days share: leading principal components of all sessions' condition
/// averages side by side.
///
/// Conditions count when at least two sessions have them (all, for one session). Where a session
/// lacks some, its block is filled in from the components themselves, again and again until it no
/// longer moves (iterative principal components: Kiers 1997, *Psychometrika* 62:251); without gaps
/// this is plain principal-components analysis.
struct SharedTrajectories: Sendable {
    /// Places in the run's list of conditions, ascending.
    let conditions: [Int]
    let binCount: Int
    /// `[conditions · bins, components]`, scaled as a whole so that the first component has unit
    /// standard deviation; components beyond `usable` are zero.
    let scores: Matrix
    /// Leading components that carry variance worth modelling.
    let usable: Int
    /// Share of variance of each component.
    let explainedShare: [Double]

    init(_ averages: [ConditionAverages], encodedUnits: [Int], components: Int) throws {
        let bins = averages.first?.binCount ?? 0
        var owners: [Int: Int] = [:]
        for average in averages { for condition in average.conditions { owners[condition, default: 0] += 1 } }
        let needed = min(2, averages.count)
        let conditions = owners.filter { $0.value >= needed }.map(\.key).sorted()
        let row = Dictionary(uniqueKeysWithValues: conditions.enumerated().map { ($1, $0 * bins) })
        let columns = encodedUnits.reduce(0, +)
        var data = Matrix(zeros: conditions.count * bins, columns)
        var missing: [(rows: Range<Int>, columns: Range<Int>)] = []
        var first = 0
        for (average, units) in zip(averages, encodedUnits) {
            let own = Set(average.conditions)
            // The unit's mean over the conditions that its day has.
            var means = [Double](repeating: 0, count: units)
            var rows = 0
            for (index, condition) in average.conditions.enumerated() where row[condition] != nil {
                for t in 0..<bins {
                    for j in 0..<units { means[j] += average.smoothed[index * bins + t, j] }
                }
                rows += bins
            }
            for j in 0..<units { means[j] /= Double(max(rows, 1)) }
            for (index, condition) in average.conditions.enumerated() {
                guard let start = row[condition] else { continue }
                for t in 0..<bins {
                    for j in 0..<units {
                        data[start + t, first + j] = average.smoothed[index * bins + t, j] - means[j]
                    }
                }
            }
            for condition in conditions where !own.contains(condition) {
                if let start = row[condition] {
                    missing.append((start..<(start + bins), first..<(first + units)))
                }
            }
            first += units
        }

        var analysis = try PrincipalComponents(of: data, count: components)
        if !missing.isEmpty {
            for _ in 0..<50 {
                let filled = analysis.scores(of: data).times(
                    analysis.directions, transposingOther: true)
                var moved = 0.0
                for block in missing {
                    for i in block.rows {
                        for j in block.columns {
                            let change = filled[i, j] - data[i, j]
                            moved += change * change
                            data[i, j] = filled[i, j]
                        }
                    }
                }
                data = data.subtracting(rowVector: data.columnMeans)
                analysis = try PrincipalComponents(of: data, count: components)
                if moved < 1e-8 * data.sumOfSquares { break }
            }
        }
        self.conditions = conditions
        binCount = bins
        (scores, _, usable) = Self.scaledScores(analysis, of: data, components: components)
        explainedShare = analysis.explainedShare
    }

    /// Variance, relative to the first component's, below which a component is left out: a hundredth of
    /// its standard deviation. A read-out regressed on it would have weights of a hundred, and the
    /// generator's first factors, which are nothing like that small, would make rates of them that no
    /// training comes back from.
    static let smallestVariance = 1e-4

    /// Scores of centred data, scaled as a whole so that the first component has unit standard
    /// deviation, and the factor that did it. Components with next to no variance are zero.
    static func scaledScores(
        _ analysis: PrincipalComponents, of data: Matrix, components: Int
    ) -> (scores: Matrix, scale: Double, usable: Int) {
        let raw = analysis.scores(of: data)
        let variances = (0..<raw.columns).map { k in
            (0..<raw.rows).reduce(0) { $0 + raw[$1, k] * raw[$1, k] } / Double(max(raw.rows, 1))
        }
        let first = variances.first ?? 0
        let scale = first > 0 ? 1 / first.squareRoot() : 1
        let usable = variances.prefix { $0 > smallestVariance * first }.count
        var scores = Matrix(zeros: raw.rows, components)
        for i in 0..<raw.rows { for k in 0..<usable { scores[i, k] = raw[i, k] * scale } }
        return (scores, scale, usable)
    }

    init(conditions: [Int], binCount: Int, scores: Matrix, explainedShare: [Double]) {
        self.conditions = conditions
        self.binCount = binCount
        self.scores = scores
        usable = scores.columns
        self.explainedShare = explainedShare
    }

    /// Rows of the scores, and of a session's averages, that belong to the conditions both have.
    func commonRows(_ average: ConditionAverages) -> (shared: [Int], own: [Int]) {
        let row = Dictionary(uniqueKeysWithValues: conditions.enumerated().map { ($1, $0) })
        var shared: [Int] = []
        var own: [Int] = []
        for (index, condition) in average.conditions.enumerated() {
            guard let place = row[condition] else { continue }
            shared += (place * binCount)..<((place + 1) * binCount)
            own += (index * binCount)..<((index + 1) * binCount)
        }
        return (shared, own)
    }
}
