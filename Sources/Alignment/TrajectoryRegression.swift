public import LFADS
public import LinearAlgebra
import Messages

extension SharedTrajectories {
    /// A session's regression onto the shared trajectories, over the conditions that both have: its read-in.
    ///
    /// Ridge regression of smoothed condition averages, penalty by ten-fold cross-validation over conditions.
    public struct Regression: Sendable {
        /// From encoded units to components.
        public let map: RidgeRegression
        /// R² on conditions left out; NaN where there are too few.
        public let heldOutR2: Double
        /// Rows of the session's averages that it was fitted on, and the trajectories beside them.
        package let rows: [Int]
        package let target: Matrix

        /// The same as a model has it.
        public var readIn: AffineMap { AffineMap(map) }

        /// Conditions whose averages are the rows.
        public var conditionCount: Int { rows.count / binCount }
        private let binCount: Int

        init(
            map: RidgeRegression, heldOutR2: Double, rows: [Int], target: Matrix, binCount: Int
        ) {
            self.map = map
            self.heldOutR2 = heldOutR2
            self.rows = rows
            self.target = target
            self.binCount = binCount
        }
    }

    /// Regresses a session's condition averages on the trajectories, over the conditions that both have.
    ///
    /// - Parameters:
    ///   - session: the session, for messages.
    ///   - averages: its condition averages; `nil` where it has no labels.
    ///   - known: a map from which the penalty does not let the weights go far, in place of none at all: few trials change
    ///     it little, and many as much as they say.
    /// - Throws: `AlignmentError.nothingInCommon` without labels in common; `LinearAlgebraError`.
    public func regression(
        of session: AlignableSession, _ averages: ConditionAverages?, near known: RidgeRegression? = nil
    ) throws -> Regression {
        var shared: [Int] = []
        var own: [Int] = []
        let place = Dictionary(uniqueKeysWithValues: conditions.enumerated().map { ($1, $0) })
        for (index, condition) in (averages?.conditions ?? []).enumerated() {
            guard let place = place[condition] else { continue }
            shared += (place * binCount)..<((place + 1) * binCount)
            own += (index * binCount)..<((index + 1) * binCount)
        }
        guard let averages, !own.isEmpty else {
            throw AlignmentError.nothingInCommon(session: session.name, isContinuous: session.isContinuous)
        }
        let target = scores.selecting(rows: shared)
        let groups = averages.groups
        let regressors = averages.encoded.selecting(rows: own)
        var sought = target
        if let known {
            for (index, value) in known.predict(regressors).values.enumerated() {
                sought.values[index] -= value
            }
        }
        let (map, heldOutR2) = try RidgeRegression.crossValidated(
            regressors: regressors, targets: sought, groups: own.map { groups[$0] }, folds: 10)
        return Regression(
            map: known.map { map.adding($0) } ?? map, heldOutR2: heldOutR2, rows: own, target: target,
            binCount: binCount)
    }
}

extension AffineMap {
    /// A regression in single precision, an output for each target.
    package init(_ regression: RidgeRegression) {
        self.init(
            weights: regression.weights.transposed.values.map { Float($0) },
            bias: regression.intercepts.map { Float($0) })
    }
}
