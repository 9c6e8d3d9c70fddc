public import LinearAlgebra

/// The trajectories that all days share: leading principal components of all sessions' condition
/// averages side by side; what a day that joins later is aligned to.
///
/// Conditions count when at least two sessions have them (all, for one session). Where a session
/// lacks some, its block is filled in from the components themselves, again and again until it no
/// longer moves (iterative principal components: Kiers 1997, *Psychometrika* 62:251); without gaps
/// this is plain principal-components analysis.
public struct SharedTrajectories: Sendable, Equatable {
    /// In the order of their first appearance.
    public let conditions: [String]
    /// Bins of every trajectory.
    public let binCount: Int
    /// `[conditions · bins, components]`, scaled as a whole so that the first component has unit
    /// standard deviation; components beyond `usable` are zero.
    public let scores: Matrix
    /// Leading components that carry variance worth modelling.
    public let usable: Int
    /// Share of variance of each component; empty where it isn't known.
    public let explainedShare: [Double]

    /// Dimensions of the shared space, with those that carry nothing.
    public var components: Int { scores.columns }

    init(_ averages: [ConditionAverages], components: Int) throws {
        let sideBySide = AveragesSideBySide(
            averages.map(SmoothedAverages.init), sharedBy: min(2, averages.count))
        var data = sideBySide.data
        var analysis = try PrincipalComponents(of: data, count: components)
        if !sideBySide.missing.isEmpty {
            for _ in 0..<50 {
                let filled = analysis.scores(of: data).times(
                    analysis.directions, transposingOther: true)
                var moved = 0.0
                for block in sideBySide.missing {
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
        conditions = sideBySide.conditions
        binCount = sideBySide.binCount
        (scores, _, usable) = Self.scaledScores(analysis, of: data, components: components)
        explainedShare = analysis.explainedShare
    }

    /// Trajectories that are known otherwise, from a file or from a model.
    ///
    /// - Parameters:
    ///   - conditions: labels, in the order of the rows.
    ///   - binCount: bins of every trajectory.
    ///   - scores: `[conditions · bins, components]`.
    ///   - explainedShare: share of variance of each component; empty where it isn't known.
    /// - Precondition: as many rows as conditions and bins ask for.
    public init(conditions: [String], binCount: Int, scores: Matrix, explainedShare: [Double] = []) {
        precondition(scores.rows == conditions.count * binCount, "\(scores.rows) rows")
        self.conditions = conditions
        self.binCount = binCount
        self.scores = scores
        usable = scores.columns
        self.explainedShare = explainedShare
    }

    /// As they are after they were stored in single precision.
    public var inSinglePrecision: SharedTrajectories {
        var scores = scores
        for i in scores.values.indices { scores.values[i] = Double(Float(scores.values[i])) }
        return SharedTrajectories(
            conditions: conditions, binCount: binCount, scores: scores, explainedShare: explainedShare)
    }

    /// Variance, relative to the first component's, below which a component is left out: a hundredth of
    /// its standard deviation. A read-out regressed on it would have weights of a hundred, and the
    /// generator's first factors, which are nothing like that small, would make rates of them that no
    /// training comes back from.
    package static let smallestVariance = 1e-4

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

    /// One condition's trajectory, `[bins, components]`; `nil` for a condition that isn't shared.
    public func trajectory(of condition: String) -> Matrix? {
        conditions.firstIndex(of: condition).map {
            scores.selecting(rows: Array(($0 * binCount)..<(($0 + 1) * binCount)))
        }
    }
}
