import LinearAlgebra

/// The affine map of one day's activity that gives it the moments of the trained days.
///
/// Minimises ‖R·m + c − M‖²/‖M − M̄‖² + ‖R·S·Rᵀ − C‖²/‖C‖² over windows and pairs of windows by Adam.
/// Where the dynamics look the same after a reflection (and means don't tell), more than one map is
/// equally good, and nothing here can tell which is right.
struct MomentMatch {
    /// `[components, width]`
    let weights: Matrix
    let offset: [Double]
    /// What is left of 2.
    let misfit: Double

    static let steps = 1500
    private static let purpose: UInt32 = 0x6d6d

    /// - Parameter start: 0 begins at the regression of the mean courses alone, others near it.
    init(_ own: WindowMoments, to target: WindowMoments, start: Int, seed: UInt64) throws {
        let centredTarget = target.means.subtracting(rowVector: target.means.columnMeans)
        let ownMean = own.means.columnMeans
        let centredOwn = own.means.subtracting(rowVector: ownMean)
        let ridge = try RidgeRegression(regressors: own.means, targets: target.means, penalty: 1e-2)
        var weights = ridge.weights.transposed
        if start > 0 {
            let noise = RandomStream(seed: seed, purpose: Self.purpose, item: UInt32(start))
                .normals(weights.values.count)
            let size = (weights.sumOfSquares / Double(weights.values.count)).squareRoot()
            for i in weights.values.indices {
                weights.values[i] += (start % 2 == 0 ? 1 : 0.4) * size * Double(noise[i])
            }
        }
        misfit = Self.descend(&weights, own, target, centredOwn, centredTarget)
        self.weights = weights
        let image = Matrix(rows: 1, columns: ownMean.count, values: ownMean)
            .times(weights, transposingOther: true)
        offset = zip(target.means.columnMeans, image.values).map { $0 - $1 }
    }

    /// Whether two descents ended at the same map, but for what is left of the way there.
    func isAbout(_ other: MomentMatch) -> Bool {
        Self.difference(weights, other.weights).sumOfSquares <= 1e-2 * other.weights.sumOfSquares
    }

    private static func descend(
        _ weights: inout Matrix, _ own: WindowMoments, _ target: WindowMoments,
        _ ownMeans: Matrix, _ targetMeans: Matrix
    ) -> Double {
        let meanScale = 1 / max(targetMeans.sumOfSquares, .leastNormalMagnitude)
        var productSquares = 0.0
        for a in 0..<own.windows {
            for b in 0..<own.windows where a != b { productSquares += target.product(a, b).sumOfSquares }
        }
        let productScale = 1 / max(productSquares, .leastNormalMagnitude)
        var first = [Double](repeating: 0, count: weights.values.count)
        var second = first
        var decays = (first: 1.0, second: 1.0)
        let size = (weights.sumOfSquares / Double(weights.values.count)).squareRoot()
        var best = (weights: weights, misfit: Double.infinity)
        for step in 1...steps {
            var misfit = 0.0
            let meanError = Self.difference(ownMeans.times(weights, transposingOther: true), targetMeans)
            misfit += meanScale * meanError.sumOfSquares
            var gradient = meanError.times(ownMeans, transposingSelf: true)
            for i in gradient.values.indices { gradient.values[i] *= 2 * meanScale }
            for a in 0..<own.windows {
                for b in (a + 1)..<max(a + 1, own.windows) {
                    // C(b, a) is the transpose of C(a, b): one of the two, twice.
                    let image = weights.times(own.product(a, b))
                    let error = Self.difference(
                        image.times(weights, transposingOther: true), target.product(a, b))
                    misfit += 2 * productScale * error.sumOfSquares
                    let other = weights.times(own.product(a, b), transposingOther: true)
                    let one = error.times(other)
                    let two = error.times(image, transposingSelf: true)
                    for i in gradient.values.indices {
                        gradient.values[i] += 4 * productScale * (one.values[i] + two.values[i])
                    }
                }
            }
            if misfit < best.misfit { best = (weights, misfit) }
            let rate = size * 0.05 * (1 - Double(step) / Double(steps + 1))
            decays.first *= 0.9
            decays.second *= 0.999
            for i in gradient.values.indices {
                first[i] = 0.9 * first[i] + 0.1 * gradient.values[i]
                second[i] = 0.999 * second[i] + 0.001 * gradient.values[i] * gradient.values[i]
                let m = first[i] / (1 - decays.first)
                let v = second[i] / (1 - decays.second)
                weights.values[i] -= rate * m / (v.squareRoot() + 1e-12)
            }
        }
        weights = best.weights
        return best.misfit
    }

    private static func difference(_ a: Matrix, _ b: Matrix) -> Matrix {
        var result = a
        for i in result.values.indices { result.values[i] -= b.values[i] }
        return result
    }
}
