import TrialArrays

/// Behaviour that is put together from several places of a file.
extension TrialArray {
    /// With further channels, and with one for each number that trials have, the same in all of a trial's bins.
    ///
    /// - Parameters:
    ///   - path: of the file.
    /// - Throws: `RecordingError.duplicateName`
    func appending(
        channels: [TrialArray] = [], scalars: [(name: String, values: [Float])] = [], in path: String
    ) throws -> TrialArray {
        let numbers = TrialArray(
            trials: trials, bins: bins, columns: ColumnAxis(.channel, names: scalars.map(\.name)),
            perTrial: scalars.map(\.values))
        let all = appending(columnsOf: channels + [numbers])
        if let name = firstDuplicate(in: all.columns.names) {
            throw RecordingError.duplicateName(source: path, kind: "behaviour channels", name: name)
        }
        return all
    }

    /// No channels yet.
    static func noChannels(trials: TrialAxis, bins: BinAxis) -> TrialArray {
        TrialArray(trials: trials, bins: bins, columns: ColumnAxis(.channel, names: []), values: [])
    }
}
