import Recordings
import TrialArrays

/// What is decoded from what: behaviour of a bin from the features of that bin and of some before it.
public struct DecodingPlan: Sendable, Equatable {
    /// Behaviour channels.
    public var channels: [String]
    /// Bins by which behaviour follows the features.
    public var lagBins: Int
    /// Bins whose features are read: that of the lag and those before it.
    public var historyBins: Int

    /// Equal windows into which a trial is averaged to decode a number of the whole trial.
    static let scalarWindows = 8
    static let folds = 5

    /// A plan in bins; less than no lag, or than one bin of history, is taken as these.
    public init(channels: [String], lagBins: Int = 0, historyBins: Int = 1) {
        self.channels = channels
        self.lagBins = max(0, lagBins)
        self.historyBins = max(1, historyBins)
    }

    init(
        channels: [String], lagMilliseconds: Double, historyMilliseconds: Double,
        binMilliseconds: Double
    ) {
        self.init(
            channels: channels, lagBins: Int((lagMilliseconds / binMilliseconds).rounded()),
            historyBins: 1 + Int((historyMilliseconds / binMilliseconds).rounded()))
    }

    /// The first bin with all of its features.
    var firstBin: Int { lagBins + historyBins - 1 }

    /// Channels that are one number a trial, such as a reaction time: the same in all bins of every
    /// trial in which they were measured, and not the same in all trials.
    static func scalarChannels(of recording: Recording) -> Set<String> {
        let behavior = recording.behaviorArray
        var result: Set<String> = []
        for (column, name) in recording.behaviorNames.enumerated() {
            var seen: Set<Float> = []
            var isConstant = true
            for trial in 0..<behavior.trialCount where isConstant {
                var value: Float?
                for bin in 0..<behavior.binCount {
                    let y = behavior[trial, bin, column]
                    guard y.isFinite else { continue }
                    if let value, value != y {
                        isConstant = false
                        break
                    }
                    value = y
                }
                if let value { seen.insert(value) }
            }
            if isConstant, seen.count > 1, behavior.binCount > 1 { result.insert(name) }
        }
        return result
    }
}
