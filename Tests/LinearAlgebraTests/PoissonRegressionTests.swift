import Foundation
import LinearAlgebra
import Testing

struct PoissonRegressionTests {
    /// Expected counts of `units` units on `p` regressors, and what made them.
    private func world(
        _ seed: UInt64, n: Int = 150, p: Int = 3, units: Int = 4
    ) -> (
        x: Matrix, expected: Matrix, weights: Matrix, intercepts: [Double]
    ) {
        var numbers = TestNumbers(seed)
        let x = numbers.matrix(n, p, -1, 2)
        let weights = numbers.matrix(units, p)
        let intercepts = (0..<units).map { _ in numbers.uniform(-2, 0.5) }
        var expected = slowProduct(x, weights.transposed)
        for i in 0..<n {
            for u in 0..<units { expected[i, u] = exp(expected[i, u] + intercepts[u]) }
        }
        return (x, expected, weights, intercepts)
    }

    /// Counts around the expected ones: floor or ceiling, by chance.
    private func rounded(_ expected: Matrix, _ seed: UInt64) -> Matrix {
        var numbers = TestNumbers(seed)
        var counts = expected
        for index in counts.values.indices {
            counts.values[index] = (expected.values[index] + numbers.uniform(0, 2)).rounded(.down)
        }
        return counts
    }

    /// Gradient of mean(exp(η) − yη) + ½·penalty·‖w∘s‖² by the definition, intercept last.
    private func gradient(
        _ fit: PoissonRegression, _ x: Matrix, _ y: Matrix, _ w: [Double], unit: Int
    ) -> [Double] {
        let total = w.reduce(0, +)
        var result = [Double](repeating: 0, count: x.columns + 1)
        for i in 0..<x.rows {
            var eta = fit.intercepts[unit]
            for j in 0..<x.columns { eta += x[i, j] * fit.weights[unit, j] }
            if y[i, unit].isNaN { continue }
            let residual = w[i] * (exp(eta) - y[i, unit]) / total
            for j in 0..<x.columns { result[j] += residual * x[i, j] }
            result[x.columns] += residual
        }
        for j in 0..<x.columns {
            var (mean, variance) = (0.0, 0.0)
            for i in 0..<x.rows { mean += w[i] * x[i, j] / total }
            for i in 0..<x.rows { variance += w[i] * (x[i, j] - mean) * (x[i, j] - mean) / total }
            result[j] += fit.penalty * variance * fit.weights[unit, j]
        }
        return result
    }

    @Test(arguments: [1e-5, 0.01, 1])
    func theGradientVanishesAtTheSolution(penalty: Double) throws {
        let made = world(1)
        let counts = rounded(made.expected, 2)
        let weights = (0..<150).map { Double(1 + $0 % 4) }
        let fit = try PoissonRegression(
            regressors: made.x, counts: counts, observationWeights: weights, floor: 0.01,
            penalty: penalty)
        for unit in 0..<4 {
            // Newton's last step squares what error is left: rounding alone remains.
            for part in gradient(fit, made.x, counts, weights, unit: unit) { #expect(abs(part) < 1e-9) }
        }
    }

    @Test(arguments: [1e-5, 0.01])
    func whatWasNotObservedTakesNoPart(penalty: Double) throws {
        let made = world(1)
        var counts = rounded(made.expected, 2)
        for place in counts.values.indices where place % 3 == 1 { counts.values[place] = .nan }
        // One unit that was observed nowhere.
        for i in 0..<150 { counts[i, 3] = .nan }
        let weights = (0..<150).map { Double(1 + $0 % 4) }
        let fit = try PoissonRegression(
            regressors: made.x, counts: counts, observationWeights: weights, floor: 0.01,
            penalty: penalty)
        for unit in 0..<3 {
            for part in gradient(fit, made.x, counts, weights, unit: unit) { #expect(abs(part) < 1e-9) }
        }
        #expect(fit.weights.row(3).allSatisfy { $0 == 0 } && fit.intercepts[3] == log(0.01))
        // The loss, by which cross-validation chooses, neither.
        let eta = slowProduct(made.x, fit.weights.transposed)
        var expected = 0.0
        for i in 0..<150 {
            for unit in 0..<3 where !counts[i, unit].isNaN {
                let e = eta[i, unit] + fit.intercepts[unit]
                expected += weights[i] * (exp(e) - counts[i, unit] * e)
            }
        }
        #expect(abs(fit.loss(made.x, counts, weights) - expected) < 1e-9 * abs(expected))
        let chosen = try PoissonRegression.crossValidated(
            regressors: made.x, counts: counts, observationWeights: weights, floor: 0.01,
            groups: (0..<150).map { $0 / 10 }, folds: 5)
        #expect(chosen.weights.values.allSatisfy { $0.isFinite })
    }

    /// Expected counts in the place of counts: the estimating equations hold at the truth exactly.
    @Test func knownWeightsAreRecovered() throws {
        let made = world(3, n: 400, p: 6, units: 5)
        let fit = try PoissonRegression(
            regressors: made.x, counts: made.expected,
            observationWeights: (0..<400).map { 1 + Double($0 % 3) }, floor: 0.01, penalty: 0)
        #expect(distance(fit.weights, made.weights) < 1e-8)
        #expect(distance(fit.intercepts, made.intercepts) < 1e-8)
    }

    @Test func aSilentUnitGetsTheFloor() throws {
        let made = world(4)
        var counts = made.expected
        for i in 0..<150 { counts[i, 1] = 0 }
        let fit = try PoissonRegression(
            regressors: made.x, counts: counts, observationWeights: [Double](repeating: 1, count: 150),
            floor: 0.02, penalty: 1e-3)
        #expect(Array(fit.weights.row(1)) == [0, 0, 0])
        #expect(fit.intercepts[1] == log(0.02))
        let alone = try PoissonRegression(
            regressors: made.x,
            counts: Matrix(rows: 150, columns: 1, values: counts.column(2)),
            observationWeights: [Double](repeating: 1, count: 150), floor: 0.02, penalty: 1e-3)
        #expect(distance(Array(fit.weights.row(2)), Array(alone.weights.row(0))) < 1e-12)
    }

    @Test func thePenaltyShrinksWeights() throws {
        let made = world(5)
        let ones = [Double](repeating: 1, count: 150)
        var norm = Double.infinity
        for penalty in [0, 0.01, 0.1, 1, 100] {
            let fit = try PoissonRegression(
                regressors: made.x, counts: made.expected, observationWeights: ones, floor: 0.01,
                penalty: penalty)
            #expect(fit.weights.sumOfSquares < norm)
            norm = fit.weights.sumOfSquares
        }
        let none = try PoissonRegression(
            regressors: made.x, counts: made.expected, observationWeights: ones, floor: 0.01,
            penalty: 1e12)
        #expect(none.weights.sumOfSquares < 1e-20)
        for unit in 0..<4 {
            let mean = made.expected.column(unit).reduce(0, +) / 150
            #expect(abs(none.intercepts[unit] - log(mean)) < 1e-9)
        }
    }

    @Test func anotherUnitOfMeasureChangesNoPrediction() throws {
        let made = world(6)
        var other = made.x
        for i in 0..<150 { other[i, 1] = 500 * made.x[i, 1] + 30 }
        let ones = [Double](repeating: 1, count: 150)
        let a = try PoissonRegression(
            regressors: made.x, counts: made.expected, observationWeights: ones, floor: 0.01,
            penalty: 0.05)
        let b = try PoissonRegression(
            regressors: other, counts: made.expected, observationWeights: ones, floor: 0.01,
            penalty: 0.05)
        for unit in 0..<4 {
            #expect(abs(a.weights[unit, 1] - 500 * b.weights[unit, 1]) < 1e-9)
            #expect(abs(a.weights[unit, 0] - b.weights[unit, 0]) < 1e-9)
            #expect(abs(a.intercepts[unit] - b.intercepts[unit] - 30 * b.weights[unit, 1]) < 1e-9)
        }
    }

    @Test(arguments: [0, 0.1, 1e5 / 3])
    func aConstantRegressorPlaysNoPart(constant: Double) throws {
        let made = world(7)
        var wide = Matrix(zeros: 150, 4)
        for i in 0..<150 {
            for j in 0..<3 { wide[i, j] = made.x[i, j] }
            wide[i, 3] = constant
        }
        let weights = (0..<150).map { 1 + Double($0 % 7) / 3 }
        let with = try PoissonRegression(
            regressors: wide, counts: made.expected, observationWeights: weights, floor: 0.01,
            penalty: 1e-3)
        let without = try PoissonRegression(
            regressors: made.x, counts: made.expected, observationWeights: weights, floor: 0.01,
            penalty: 1e-3)
        for unit in 0..<4 {
            #expect(abs(with.weights[unit, 3] * constant) < 1e-9)
            #expect(abs(with.intercepts[unit] - without.intercepts[unit]) < 1e-9)
        }
        #expect(distance(with.weights.leading(columns: 3), without.weights) < 1e-9)
    }

    @Test func aWeightIsSoManyCopies() throws {
        let made = world(8, n: 30)
        let counts = rounded(made.expected, 9)
        let weights = (0..<30).map { Double(1 + $0 % 3) }
        let copies = (0..<30).flatMap { [Int](repeating: $0, count: 1 + $0 % 3) }
        let weighted = try PoissonRegression(
            regressors: made.x, counts: counts, observationWeights: weights, floor: 0.01, penalty: 0.01)
        let copied = try PoissonRegression(
            regressors: made.x.selecting(rows: copies), counts: counts.selecting(rows: copies),
            observationWeights: [Double](repeating: 1, count: copies.count), floor: 0.01, penalty: 0.01)
        #expect(distance(weighted.weights, copied.weights) < 1e-9)
        #expect(distance(weighted.intercepts, copied.intercepts) < 1e-9)
        #expect(
            abs(
                weighted.loss(made.x, counts, weights)
                    - copied.loss(
                        made.x.selecting(rows: copies), counts.selecting(rows: copies),
                        [Double](repeating: 1, count: copies.count))) < 1e-9)
    }

    /// A full step of Newton overshoots far here: one observation in 200 has all the spikes.
    @Test func aRareBurstIsFittedAllTheSame() throws {
        var numbers = TestNumbers(10)
        var x = numbers.matrix(200, 2)
        var counts = Matrix(zeros: 200, 1)
        x[17, 0] = 30
        counts[17, 0] = 5000
        let ones = [Double](repeating: 1, count: 200)
        let fit = try PoissonRegression(
            regressors: x, counts: counts, observationWeights: ones, floor: 0.01, penalty: 1e-3)
        for part in gradient(fit, x, counts, ones, unit: 0) { #expect(abs(part) < 1e-7) }
    }

    @Test func crossValidationIsThatOfSeparateFits() throws {
        let made = world(11, n: 120, p: 5, units: 3)
        let counts = rounded(made.expected, 12)
        let weights = (0..<120).map { Double(1 + $0 % 2) }
        let groups = (0..<120).map { $0 / 6 }
        let folds = RidgeRegression.foldAssignment(groups: groups, folds: 4)
        var losses: [Double] = []
        for penalty in PoissonRegression.penaltyGrid {
            var loss = 0.0
            for fold in 0..<4 {
                let rest = (0..<120).filter { folds[$0] != fold }
                let fit = try PoissonRegression(
                    regressors: made.x.selecting(rows: rest), counts: counts.selecting(rows: rest),
                    observationWeights: rest.map { weights[$0] }, floor: 0.01, penalty: penalty)
                for i in 0..<120 where folds[i] == fold {
                    for unit in 0..<3 {
                        var eta = fit.intercepts[unit]
                        for j in 0..<5 { eta += fit.weights[unit, j] * made.x[i, j] }
                        loss += weights[i] * (exp(eta) - counts[i, unit] * eta)
                    }
                }
            }
            losses.append(loss)
        }
        let least = try #require(losses.min())
        let penalty = PoissonRegression.penaltyGrid[try #require(losses.firstIndex(of: least))]
        let fit = try PoissonRegression.crossValidated(
            regressors: made.x, counts: counts, observationWeights: weights, floor: 0.01,
            groups: groups, folds: 4)
        #expect(fit.penalty == penalty)
        let separate = try PoissonRegression(
            regressors: made.x, counts: counts, observationWeights: weights, floor: 0.01,
            penalty: penalty)
        #expect(distance(fit.weights, separate.weights) < 1e-9)
    }

    @Test func thePenaltySuitsTheData() throws {
        let made = world(13, n: 300)
        let ones = [Double](repeating: 1, count: 300)
        let exact = try PoissonRegression.crossValidated(
            regressors: made.x, counts: made.expected, observationWeights: ones, floor: 0.01,
            groups: Array(0..<300), folds: 5)
        #expect(exact.penalty == PoissonRegression.penaltyGrid.first)
        var numbers = TestNumbers(14)
        var noise = made.expected
        for index in noise.values.indices { noise.values[index] = numbers.uniform(0, 2).rounded() }
        let nothing = try PoissonRegression.crossValidated(
            regressors: made.x, counts: noise, observationWeights: ones, floor: 0.01,
            groups: Array(0..<300), folds: 5)
        #expect(nothing.penalty >= 0.1)
    }
}
