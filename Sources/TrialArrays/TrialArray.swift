/// A quantity of every trial of a session, `[trials, bins, columns]`, row-major, with its axes: which trials
/// these are, how wide a bin is, and what stands in the columns.
///
/// Counts, rates, factors, behaviour and inferred inputs are all arrays of this kind, from the file that
/// they are read from to the file that they are written to. What a trial has once (an initial condition) has
/// one bin.
public struct TrialArray: Sendable, Equatable {
    /// Which trials these are.
    public let trials: TrialAxis
    /// How many bins a trial has, and how wide they are.
    public let bins: BinAxis
    /// What stands in the columns.
    public let columns: ColumnAxis
    /// Row-major: all columns of a bin side by side, all bins of a trial one after the other.
    public internal(set) var values: [Float]

    /// Gives values their axes.
    ///
    /// - Precondition: `values.count` is the product of the axes' extents.
    public init(trials: TrialAxis, bins: BinAxis, columns: ColumnAxis, values: [Float]) {
        precondition(
            values.count == trials.count * bins.count * columns.count,
            "\(values.count) values for \(trials.count) × \(bins.count) × \(columns.count)")
        self.trials = trials
        self.bins = bins
        self.columns = columns
        self.values = values
    }

    /// An array of which all values are the same.
    public init(trials: TrialAxis, bins: BinAxis, columns: ColumnAxis, repeating value: Float) {
        self.init(
            trials: trials, bins: bins, columns: columns,
            values: [Float](repeating: value, count: trials.count * bins.count * columns.count))
    }

    // MARK: Extents

    /// Extent along the trials.
    public var trialCount: Int { trials.count }
    /// Extent along the bins.
    public var binCount: Int { bins.count }
    /// Extent along the columns.
    public var columnCount: Int { columns.count }
    /// Extents along trials, bins and columns.
    public var shape: [Int] { [trialCount, binCount, columnCount] }
    /// Bins of all trials.
    public var rowCount: Int { trialCount * binCount }
    /// Values of one trial.
    public var trialSize: Int { binCount * columnCount }

    // MARK: Elements

    /// The value of one column in one bin of a trial.
    @inlinable
    public subscript(trial: Int, bin: Int, column: Int) -> Float {
        values[(trial * bins.count + bin) * columns.count + column]
    }

    /// One bin, `[columns]`, counted over the bins of all trials.
    @inlinable
    public subscript(row row: Int) -> ArraySlice<Float> {
        values[(row * columns.count)..<((row + 1) * columns.count)]
    }

    /// Where a trial's values stand in `values`.
    @inlinable
    public func range(ofTrial trial: Int) -> Range<Int> {
        (trial * bins.count * columns.count)..<((trial + 1) * bins.count * columns.count)
    }

    /// One trial, `[bins, columns]`.
    @inlinable
    public subscript(trial trial: Int) -> ArraySlice<Float> { values[range(ofTrial: trial)] }

    /// One bin of a trial, `[columns]`.
    @inlinable
    public subscript(trial: Int, bin: Int) -> ArraySlice<Float> {
        let start = (trial * bins.count + bin) * columns.count
        return values[start..<(start + columns.count)]
    }

    /// Where the first value stands for which something holds.
    public func firstPlace(where holds: (Float) -> Bool) -> (trial: Int, bin: Int, column: Int)? {
        values.firstIndex(where: holds).map { index in
            (index / trialSize, index / columnCount % binCount, index % columnCount)
        }
    }

    /// One column's values, trial by trial and bin by bin.
    public func column(_ column: Int) -> [Float] {
        stride(from: column, to: values.count, by: columnCount).map { values[$0] }
    }

    /// Sets one column's values, trial by trial and bin by bin.
    ///
    /// - Precondition: a value for every bin of every trial.
    public mutating func setColumn(_ column: Int, to new: [Float]) {
        precondition(new.count == rowCount, "\(new.count) values for \(rowCount) bins")
        for (row, value) in new.enumerated() { values[row * columnCount + column] = value }
    }

    /// Sets all values of a trial to the same number.
    public mutating func fill(trial: Int, with value: Float) {
        for index in range(ofTrial: trial) { values[index] = value }
    }

    // MARK: Parts

    /// Some of the trials.
    ///
    /// - Parameter chosen: places along the first axis, in the order wanted.
    public func selecting(trials chosen: [Int]) -> TrialArray {
        TrialArray(
            trials: trials.selecting(chosen), bins: bins, columns: columns,
            values: chosen.flatMap { self[trial: $0] })
    }

    /// Some of the columns.
    ///
    /// - Parameter chosen: places along the last axis, in the order wanted.
    public func selecting(columns chosen: [Int]) -> TrialArray {
        let width = columnCount
        let rows = trialCount * binCount
        let values = [Float](unsafeUninitializedCapacity: rows * chosen.count) { buffer, count in
            for row in 0..<rows {
                for (place, column) in chosen.enumerated() {
                    buffer.initializeElement(
                        at: row * chosen.count + place, to: self.values[row * width + column])
                }
            }
            count = rows * chosen.count
        }
        return TrialArray(trials: trials, bins: bins, columns: columns.selecting(chosen), values: values)
    }

    /// The first bins of every trial.
    public func leading(bins count: Int) -> TrialArray {
        guard count < binCount else { return self }
        return TrialArray(
            trials: trials, bins: bins.leading(count), columns: columns,
            values: (0..<trialCount).flatMap { self[trial: $0].prefix(count * columnCount) })
    }

    // MARK: Values

    /// Every value times the same number.
    public func scaled(by factor: Float) -> TrialArray {
        TrialArray(trials: trials, bins: bins, columns: columns, values: values.map { $0 * factor })
    }

    /// Other values of the same shape.
    ///
    /// - Precondition: as many as before.
    public func replacingValues(_ values: [Float]) -> TrialArray {
        TrialArray(trials: trials, bins: bins, columns: columns, values: values)
    }
}
