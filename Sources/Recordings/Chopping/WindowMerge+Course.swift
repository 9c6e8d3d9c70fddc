public import TrialArrays

extension WindowMerge {
    /// Windows put together to one course: an array whose only trial is as long as the merged series.
    ///
    /// - Parameter windows: of the recording, or of the part of it that is merged, in their order.
    public func course(_ windows: TrialArray) -> TrialArray {
        TrialArray(
            trials: TrialAxis(count: 1),
            bins: BinAxis(count: segments.count, milliseconds: windows.bins.milliseconds ?? 0),
            columns: windows.columns,
            values: merged(windows.values, columns: windows.columnCount))
    }
}
