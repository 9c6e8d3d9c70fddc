import Foundation
public import LinearAlgebra

/// How far population activity rotates: jPCA (Churchland, Cunningham et al. 2012, *Nature* 487:51).
///
/// Trajectories without the course that all conditions have in common, in their leading principal
/// components x, are fitted by ẋ = x·M, once with any M and once with a skew-symmetric one, whose
/// eigenvalues are imaginary: pure rotations. R² = 1 − ‖ẋ − x·M‖²/‖ẋ‖², as in the published code.
/// ẋ is the difference between neighbouring bins and x their mean, so that a rotation by a constant
/// angle per bin is fitted exactly.
public struct RotationalDynamics: Sendable {
    /// A plane in which trajectories rotate.
    public struct Plane: Sendable {
        /// Turns per second.
        public let frequencyHz: Double
        /// Share of the variance of all trajectories that lies in the plane.
        public let varianceShare: Double
        /// `[bins]` points for every trajectory, in the order in which they were given.
        public let curves: [[(x: Double, y: Double)]]
    }

    /// R² of the best pure rotation.
    public let skewR2: Double
    /// R² of the best linear dynamics of any kind.
    public let unconstrainedR2: Double
    /// By falling frequency.
    public let planes: [Plane]

    /// The published analysis takes six.
    public static let components = 6
    /// Softens the division of a unit's rate by its range, in spikes per second, as published.
    static let softeningHz = 5.0

    /// Fits trajectories that stand in the same columns.
    ///
    /// - Parameters:
    ///   - trajectories: `[bins, columns]` each, of conditions or of single trials.
    ///   - common: `[bins, columns]`, taken off every trajectory: the average over conditions.
    ///   - scales: every column is divided by its own; empty = as they are.
    ///   - binsPerSecond: for the frequencies of the planes.
    ///   - components: leading principal components that are fitted.
    /// - Returns: `nil` where there is nothing that moves, or less than two dimensions.
    /// - Throws: `LinearAlgebraError`
    public init?(
        trajectories: [Matrix], common: Matrix, scales: [Double] = [], binsPerSecond: Double,
        components: Int = components
    ) throws {
        let (bins, width) = (common.rows, common.columns)
        guard bins > 1, width > 1, !trajectories.isEmpty else { return nil }
        var values: [Double] = []
        values.reserveCapacity(trajectories.count * bins * width)
        for trajectory in trajectories {
            for bin in 0..<bins {
                for column in 0..<width {
                    let scale = scales.isEmpty ? 1 : scales[column]
                    values.append((trajectory[bin, column] - common[bin, column]) / scale)
                }
            }
        }
        let rows = Matrix(rows: trajectories.count * bins, columns: width, values: values)
        let centred = rows.subtracting(rowVector: rows.columnMeans)
        // An even number of dimensions: rotations come in planes.
        let count = min(components, width) / 2 * 2
        let analysis = try PrincipalComponents(of: centred, count: count)
        let scores = analysis.scores(of: centred)
        guard scores.columns >= 2 else { return nil }
        let (states, changes) = Self.derivatives(scores, bins: bins)
        let total = changes.sumOfSquares
        guard total > 0 else { return nil }

        let moments = states.times(states, transposingSelf: true)
        let products = states.times(changes, transposingSelf: true)
        let (eigenvalues, basis) = try SymmetricMatrix.eigenvectors(of: moments)
        let turned = basis.times(products, transposingSelf: true).times(basis)
        let smallest = 1e-12 * max(eigenvalues.first ?? 0, 0)
        let n = eigenvalues.count
        var skew = Matrix(zeros: n, n)
        var free = Matrix(zeros: n, n)
        for i in 0..<n {
            for j in 0..<n {
                // S·M + M·S = A − Aᵀ, solved element by element where S is diagonal.
                let sum = eigenvalues[i] + eigenvalues[j]
                skew[i, j] = sum > smallest ? (turned[i, j] - turned[j, i]) / sum : 0
                free[i, j] = eigenvalues[i] > smallest ? turned[i, j] / eigenvalues[i] : 0
            }
        }
        let skewMap = basis.times(skew).times(basis, transposingOther: true)
        let freeMap = basis.times(free).times(basis, transposingOther: true)
        skewR2 = 1 - Self.error(states, changes, skewMap) / total
        unconstrainedR2 = 1 - Self.error(states, changes, freeMap) / total
        planes = try Self.planes(
            skewMap, scores, bins: bins, total: centred.sumOfSquares, binsPerSecond: binsPerSecond)
    }

    /// Fits condition averages, each condition once.
    public init?(
        _ means: ConditionMeans, scales: [Double] = [], binsPerSecond: Double
    ) throws {
        try self.init(
            trajectories: means.ordered, common: Self.common(means), scales: scales,
            binsPerSecond: binsPerSecond)
    }

    /// The average over conditions, `[bins, columns]`; zeros for a single one, which would be nothing
    /// without it.
    public static func common(_ means: ConditionMeans) -> Matrix {
        var sum = Matrix(zeros: means.binCount, means.columnCount)
        guard means.names.count > 1 else { return sum }
        for average in means.ordered {
            for (i, value) in average.values.enumerated() {
                sum.values[i] += value / Double(means.names.count)
            }
        }
        return sum
    }

    /// Range of every column over conditions and bins plus five spikes a second.
    static func softRanges(_ means: ConditionMeans, binsPerSecond: Double) -> [Double] {
        (0..<means.columnCount).map { column in
            let values = means.ordered.flatMap { $0.column(column) }
            let (low, high) = (values.min() ?? .infinity, values.max() ?? -.infinity)
            return high - low + softeningHz / binsPerSecond
        }
    }

    private static func derivatives(_ scores: Matrix, bins: Int) -> (states: Matrix, changes: Matrix) {
        let blocks = scores.rows / bins
        var states = Matrix(zeros: blocks * (bins - 1), scores.columns)
        var changes = states
        for block in 0..<blocks {
            for bin in 0..<(bins - 1) {
                for k in 0..<scores.columns {
                    let (a, b) = (scores[block * bins + bin, k], scores[block * bins + bin + 1, k])
                    states[block * (bins - 1) + bin, k] = (a + b) / 2
                    changes[block * (bins - 1) + bin, k] = b - a
                }
            }
        }
        return (states, changes)
    }

    private static func error(_ states: Matrix, _ changes: Matrix, _ map: Matrix) -> Double {
        let fitted = states.times(map)
        var error = 0.0
        for (a, b) in zip(fitted.values, changes.values) { error += (a - b) * (a - b) }
        return error
    }

    /// Invariant planes of a skew-symmetric map: eigenspaces of −M², whose eigenvalues come in pairs.
    private static func planes(
        _ map: Matrix, _ scores: Matrix, bins: Int, total: Double, binsPerSecond: Double
    ) throws -> [Plane] {
        var square = map.times(map)
        for i in square.values.indices { square.values[i] = -square.values[i] }
        let (_, vectors) = try SymmetricMatrix.eigenvectors(of: square)
        var taken: [[Double]] = []
        var planes: [Plane] = []
        for k in 0..<vectors.columns {
            var first = vectors.column(k)
            for other in taken {
                let share = zip(first, other).reduce(0) { $0 + $1.0 * $1.1 }
                for i in first.indices { first[i] -= share * other[i] }
            }
            let length = first.reduce(0) { $0 + $1 * $1 }.squareRoot()
            // The second vector of a plane that has been taken.
            guard length > 0.5 else { continue }
            first = first.map { $0 / length }
            let image = Matrix(rows: 1, columns: first.count, values: first).times(map).values
            let rate = image.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard rate > 0 else { continue }
            let second = image.map { $0 / rate }
            taken += [first, second]
            let axes = Matrix(rows: 2, columns: first.count, values: first + second)
            let points = scores.times(axes, transposingOther: true)
            let curves = (0..<(scores.rows / bins)).map { block in
                (0..<bins).map { (x: points[block * bins + $0, 0], y: points[block * bins + $0, 1]) }
            }
            planes.append(
                Plane(
                    frequencyHz: 2 * atan(rate / 2) / (2 * Double.pi) * binsPerSecond,
                    varianceShare: points.sumOfSquares / total, curves: curves))
        }
        return planes.sorted { $0.frequencyHz > $1.frequencyHz }
    }
}
