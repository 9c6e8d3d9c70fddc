/// Numbers of which there is one a trial, such as a reaction time, as behaviour channels that are the
/// same in all bins of a trial.
enum TrialScalars {
    /// - Parameters:
    ///   - scalars: one list a channel, one entry a trial.
    ///   - behavior: channels of every bin, `[trials, bins, channels]`; may have no channels.
    /// - Returns: `[trials, bins, channels + scalars]`
    static func appending(
        _ scalars: [[Float]], to behavior: [Float], channels: Int, binCount: Int
    ) -> [Float] {
        guard let trials = scalars.first?.count else { return behavior }
        return (0..<(trials * binCount)).flatMap { row in
            behavior[(row * channels)..<((row + 1) * channels)] + scalars.map { $0[row / binCount] }
        }
    }
}
