public import TrialArrays

extension FactorFile {
    /// One array with its name and its unit of measure.
    public struct Quantity: Sendable, Equatable {
        /// Name of the dataset.
        public let name: String
        /// Which quantity it is.
        public let kind: FactorQuantity
        /// Its values.
        public let array: TrialArray
        /// Unit of measure.
        public let units: String
        /// What it is, in words.
        public let description: String
        /// The name that lfads-torch gives it, after `train_` and `valid_`.
        public let nameInLFADSTorch: String?
        /// Whether the windows of a continuous recording were put together to one course, which stands in the
        /// array as its only trial.
        public var isCourse = false

        /// Whether every bin of a trial has it, and not a trial as a whole.
        public var hasBins: Bool { !array.bins.isOnce }
        /// Names of the columns, e.g. `factor_0`.
        public var columns: [String] { array.columns.names }
        /// Row-major.
        public var values: [Float] { array.values }

        /// Extents in a file: those of trials, bins and columns, without the bins of what a trial has once,
        /// and without the trials of a course.
        public var shape: [Int] {
            (isCourse ? [] : [array.trialCount]) + (hasBins ? [array.binCount] : [])
                + [array.columnCount]
        }

        /// What these extents are of.
        var dimensions: [String] {
            (isCourse ? [] : ["trial"]) + (hasBins ? ["bin"] : []) + [array.columns.kind.rawValue]
        }

        /// - Parameter trials: places along the first axis.
        func selecting(trials: [Int]) -> Quantity {
            Quantity(
                name: name, kind: kind, array: array.selecting(trials: trials), units: units,
                description: description, nameInLFADSTorch: nameInLFADSTorch)
        }
    }
}
