import LinearAlgebra
import Testing

struct RidgeRegressionTests {
    /// The minimum of Σ‖y − xᵀW − b‖² + penalty·n·Σ s²‖W‖² from its normal equations, with the
    /// intercept as an unpenalised regressor.
    private func closedForm(_ x: Matrix, _ y: Matrix, _ penalty: Double) -> Matrix {
        let (n, p) = (x.rows, x.columns)
        var wide = Matrix(zeros: n, p + 1)
        for i in 0..<n {
            for j in 0..<p { wide[i, j] = x[i, j] }
            wide[i, p] = 1
        }
        var a = slowProduct(wide.transposed, wide)
        for j in 0..<p {
            let mean = x.column(j).reduce(0, +) / Double(n)
            a[j, j] += penalty * x.column(j).reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        return slowSolution(a, slowProduct(wide.transposed, y))
    }

    private func data(
        _ seed: UInt64, _ n: Int = 40, _ p: Int = 5, noise: Double = 0.3
    ) -> (
        x: Matrix, y: Matrix
    ) {
        var numbers = TestNumbers(seed)
        let x = numbers.matrix(n, p, -2, 3)
        var y = slowProduct(x, numbers.matrix(p, 2))
        for index in y.values.indices { y.values[index] += 4 + noise * numbers.uniform() }
        return (x, y)
    }

    @Test(arguments: [0, 1e-4, 0.1, 10])
    func isTheMinimum(penalty: Double) throws {
        let (x, y) = data(1)
        let fit = try RidgeRegression(regressors: x, targets: y, penalty: penalty)
        let expected = closedForm(x, y, penalty)
        #expect(distance(fit.weights, expected.selecting(rows: Array(0..<5))) < 1e-11)
        #expect(distance(fit.intercepts, Array(expected.row(5))) < 1e-11)
        #expect(fit.penalty == penalty)
        var slow = slowProduct(x, fit.weights)
        for i in 0..<slow.rows { for j in 0..<2 { slow[i, j] += fit.intercepts[j] } }
        #expect(distance(fit.predict(x), slow) < 1e-12)
    }

    /// Fewer observations than regressors go another way to the same minimum.
    @Test(arguments: [1e-6, 1e-3, 0.1, 10], [3, 17, 39])
    func isTheMinimumOfFewObservationsToo(penalty: Double, n: Int) throws {
        var (x, y) = data(7, n, 40)
        for i in 0..<n { x[i, 11] = 0.1 }
        let fit = try RidgeRegression(regressors: x, targets: y, penalty: penalty)
        // Of the constant one the normal equations know nothing.
        let others = (0..<40).filter { $0 != 11 }
        var varying = Matrix(zeros: n, 39)
        for i in 0..<n { for (place, j) in others.enumerated() { varying[i, place] = x[i, j] } }
        let expected = closedForm(varying, y, penalty)
        // The weakest penalty leaves the normal equations, not the fit, with seven digits.
        let tolerance = max(1e-10, 1e-13 / penalty)
        #expect(
            distance(fit.weights.selecting(rows: others), expected.selecting(rows: Array(0..<39))) < tolerance
        )
        #expect(Array(fit.weights.row(11)) == [0, 0])
        #expect(distance(fit.intercepts, Array(expected.row(39))) < tolerance)
    }

    /// Folds of few observations that are many together, and of few that stay few; sums, errors and targets are those of
    /// separate fits.
    @Test(arguments: [24, 60]) func crossValidationOfManyRegressors(n: Int) throws {
        let (x, y) = data(8, n, 30, noise: 3)
        let groups = (0..<n).map { $0 / 2 }
        let folds = RidgeRegression.foldAssignment(groups: groups, folds: 4)
        let parts = (0..<4).map { fold -> SecondMoments in
            let rows = (0..<n).filter { folds[$0] == fold }
            return SecondMoments(regressors: x.selecting(rows: rows), targets: y.selecting(rows: rows))
        }
        for fold in 0..<4 {
            let rest = (0..<n).filter { folds[$0] != fold }
            let held = (0..<n).filter { folds[$0] == fold }
            let sum = try #require(SecondMoments.sum((0..<4).filter { $0 != fold }.map { parts[$0] }))
            #expect(sum.observations == rest.count)
            let fit = try sum.ridge(penalty: 0.01)
            let expected = closedForm(x.selecting(rows: rest), y.selecting(rows: rest), 0.01)
            #expect(distance(fit.weights, expected.selecting(rows: Array(0..<30))) < 1e-10)
            let errors = parts[fold].squaredErrors(of: fit)
            for t in 0..<2 {
                var error = 0.0
                for i in held {
                    var prediction = expected[30, t]
                    for j in 0..<30 { prediction += expected[j, t] * x[i, j] }
                    error += (prediction - y[i, t]) * (prediction - y[i, t])
                }
                #expect(abs(errors[t] - error) < 1e-9 * max(error, 1))
            }
            let one = try sum.selecting(targets: [1]).ridge(penalty: 0.01)
            #expect(distance(one.weights.column(0), fit.weights.column(1)) < 1e-12)
        }
    }

    @Test func anotherUnitOfMeasureChangesNothing() throws {
        let (x, y) = data(2)
        var other = x
        for i in 0..<x.rows {
            other[i, 0] = 1000 * x[i, 0] - 7
            other[i, 3] = -0.001 * x[i, 3]
        }
        let a = try RidgeRegression(regressors: x, targets: y, penalty: 0.2)
        let b = try RidgeRegression(regressors: other, targets: y, penalty: 0.2)
        #expect(distance(a.predict(x), b.predict(other)) < 1e-10)
    }

    /// 0.1 has no finite binary form, so that the sum of many leaves a rest of rounding behind, which
    /// must not be taken for variation.
    @Test(arguments: [0, 0.1, -1e6 / 3])
    func aConstantRegressorPlaysNoPart(constant: Double) throws {
        let (x, y) = data(3, 1000)
        var wide = Matrix(zeros: x.rows, 6)
        for i in 0..<x.rows {
            for j in 0..<5 { wide[i, j] = x[i, j] }
            wide[i, 5] = constant
        }
        for penalty in [0, 1e-6, 0.1] {
            let without = try RidgeRegression(regressors: x, targets: y, penalty: penalty)
            let with = try RidgeRegression(regressors: wide, targets: y, penalty: penalty)
            #expect(Array(with.weights.row(5)) == [0, 0])
            #expect(distance(with.predict(wide), without.predict(x)) < 1e-12)
        }
    }

    @Test func crossValidationIsThatOfSeparateFits() throws {
        let (x, y) = data(4, 60, 5, noise: 6)
        let groups = (0..<60).map { $0 / 4 }
        let folds = RidgeRegression.foldAssignment(groups: groups, folds: 5)
        var errors: [Double] = []
        for penalty in RidgeRegression.penaltyGrid {
            var error = 0.0
            for fold in 0..<5 {
                let rest = (0..<60).filter { folds[$0] != fold }
                let held = (0..<60).filter { folds[$0] == fold }
                let fit = closedForm(x.selecting(rows: rest), y.selecting(rows: rest), penalty)
                for i in held {
                    for t in 0..<2 {
                        var prediction = fit[5, t]
                        for j in 0..<5 { prediction += fit[j, t] * x[i, j] }
                        error += (prediction - y[i, t]) * (prediction - y[i, t])
                    }
                }
            }
            errors.append(error)
        }
        let least = try #require(errors.min())
        let (fit, r2) = try RidgeRegression.crossValidated(
            regressors: x, targets: y, groups: groups, folds: 5)
        #expect(fit.penalty == RidgeRegression.penaltyGrid[try #require(errors.firstIndex(of: least))])
        var total = 0.0
        for t in 0..<2 {
            let mean = y.column(t).reduce(0, +) / 60
            total += y.column(t).reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        #expect(abs(r2 - (1 - least / total)) < 1e-10)
    }

    @Test func thePenaltySuitsTheData() throws {
        let (x, clean) = data(5, 200, 5, noise: 0)
        let groups = Array(0..<200)
        let exact = try RidgeRegression.crossValidated(
            regressors: x, targets: clean, groups: groups, folds: 10)
        #expect(exact.fit.penalty == RidgeRegression.penaltyGrid.first)
        #expect(exact.heldOutR2 > 0.999_999)
        var numbers = TestNumbers(6)
        let noise = numbers.matrix(200, 2)
        let nothing = try RidgeRegression.crossValidated(
            regressors: x, targets: noise, groups: groups, folds: 10)
        #expect(nothing.fit.penalty >= 1)
        #expect(nothing.heldOutR2 < 0.05)
    }

    @Test func oneGroupLeavesNothingToHoldOut() throws {
        let (x, y) = data(7)
        let (fit, r2) = try RidgeRegression.crossValidated(
            regressors: x, targets: y, groups: [Int](repeating: 3, count: 40), folds: 10)
        #expect(r2.isNaN)
        #expect(fit.penalty == RidgeRegression.penaltyGrid[7])
    }

    @Test func foldsDependOnTheOrderOfGroupsOnly() {
        let folds = RidgeRegression.foldAssignment(groups: [5, 5, 9, 1, 9, 7, 5], folds: 3)
        #expect(folds == [0, 0, 1, 2, 1, 0, 0])
        #expect(RidgeRegression.foldAssignment(groups: [1, 1, 2, 3, 2, 4, 1], folds: 3) == folds)
        #expect(RidgeRegression.foldAssignment(groups: [8, 9], folds: 10) == [0, 1])
        #expect(RidgeRegression.foldAssignment(groups: [], folds: 4).isEmpty)
    }
}
