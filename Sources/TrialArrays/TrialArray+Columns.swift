/// Operations along the columns.
extension TrialArray {
    /// A quantity that a trial has once, such as a reaction time, as columns that are the same in all of its
    /// bins.
    ///
    /// - Parameters:
    ///   - trials: the axis of trials.
    ///   - bins: the axis of bins, over which values are repeated.
    ///   - columns: the axis of columns.
    ///   - perTrial: one list a column, one entry a trial.
    /// - Precondition: as many lists as columns, as long as there are trials.
    public init(trials: TrialAxis, bins: BinAxis, columns: ColumnAxis, perTrial: [[Float]]) {
        precondition(
            perTrial.count == columns.count && perTrial.allSatisfy { $0.count == trials.count },
            "\(perTrial.map(\.count)) values for \(columns.count) columns of \(trials.count) trials")
        var values: [Float] = []
        values.reserveCapacity(trials.count * bins.count * columns.count)
        for trial in 0..<trials.count {
            let row = perTrial.map { $0[trial] }
            for _ in 0..<bins.count { values += row }
        }
        self.init(trials: trials, bins: bins, columns: columns, values: values)
    }

    /// This array's columns and, after them, those of others of the same trials and bins.
    ///
    /// - Precondition: as many trials and bins in all of them.
    public func appending(columnsOf others: [TrialArray]) -> TrialArray {
        let parts = ([self] + others).filter { $0.columnCount > 0 }
        for part in parts {
            precondition(
                part.trialCount == trialCount && part.binCount == binCount,
                "\(part.shape) beside \(shape)")
        }
        let names = ([self] + others).flatMap(\.columns.names)
        let axis = ColumnAxis(columns.kind, names: names)
        guard parts.count > 1 else {
            return TrialArray(trials: trials, bins: bins, columns: axis, values: parts.first?.values ?? [])
        }
        var values: [Float] = []
        values.reserveCapacity(rowCount * names.count)
        for row in 0..<rowCount {
            for part in parts { values += part[row: row] }
        }
        return TrialArray(trials: trials, bins: bins, columns: axis, values: values)
    }

    /// Sums of every column over the bins of all trials.
    public func columnSums() -> [Double] { columnSums(ofTrials: 0..<trialCount) }

    /// Sums of every column over the bins of some trials, in their order.
    ///
    /// - Parameter chosen: places along the first axis.
    public func columnSums(ofTrials chosen: some Sequence<Int>) -> [Double] {
        var sums = [Double](repeating: 0, count: columnCount)
        for trial in chosen {
            for bin in 0..<binCount {
                for (column, value) in self[trial, bin].enumerated() { sums[column] += Double(value) }
            }
        }
        return sums
    }

    /// Hands out the columns a block of rows at a time, so that memory is read through once: of each block
    /// every column in turn, `rows` values of it at most.
    public func forEachColumn(inBlocksOf rows: Int, _ body: (_ column: Int, _ values: [Float]) -> Void) {
        for start in stride(from: 0, to: rowCount, by: rows) {
            let block = start..<min(start + rows, rowCount)
            for column in 0..<columnCount { body(column, block.map { values[$0 * columnCount + column] }) }
        }
    }
}
