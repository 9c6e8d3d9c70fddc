public import LinearAlgebra

/// The directions in which the condition averages of all days together vary most: one space in which
/// factors of any day can be drawn.
public struct FactorSpace: Sendable {
    /// Share of the averages' variance along each direction.
    public let explainedShare: [Double]
    private let centre: [Double]
    private let directions: Matrix

    /// The space of some days of one run.
    ///
    /// - Parameters:
    ///   - days: averages of factors, the same factors for all.
    ///   - components: directions that are wanted, at most as many as there are factors.
    /// - Returns: `nil` where no day has an average.
    /// - Throws: `LinearAlgebraError`
    public init?(_ days: [ConditionMeans], components: Int = 3) throws {
        guard let width = days.first?.columnCount else { return nil }
        let averages = days.flatMap(\.ordered)
        guard width > 0, !averages.isEmpty else { return nil }
        let data = Matrix(
            rows: averages.reduce(0) { $0 + $1.rows }, columns: width, values: averages.flatMap(\.values))
        centre = data.columnMeans
        let analysis = try PrincipalComponents(
            of: data.subtracting(rowVector: centre), count: min(components, width))
        directions = analysis.directions
        explainedShare = analysis.explainedShare
    }

    /// How many directions the space has.
    public var components: Int { directions.columns }

    /// Where factors lie in the space.
    ///
    /// - Parameter factors: `[bins, factors]`, of an average or of a single trial.
    /// - Returns: one course in time by component.
    public func coordinates(_ factors: Matrix) -> [[Double]] {
        let scores = factors.subtracting(rowVector: centre).times(directions)
        return (0..<components).map { scores.column($0) }
    }
}
