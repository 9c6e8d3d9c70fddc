import LinearAlgebra
import Recordings

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
        let width = recording.behaviorNames.count
        var result: Set<String> = []
        for (column, name) in recording.behaviorNames.enumerated() {
            var seen: Set<Float> = []
            var isConstant = true
            for trial in 0..<recording.trialCount where isConstant {
                var value: Float?
                for bin in 0..<recording.binCount {
                    let y = recording.behavior[(trial * recording.binCount + bin) * width + column]
                    guard y.isFinite else { continue }
                    if let value, value != y {
                        isConstant = false
                        break
                    }
                    value = y
                }
                if let value { seen.insert(value) }
            }
            if isConstant, seen.count > 1, recording.binCount > 1 { result.insert(name) }
        }
        return result
    }
}

/// One day's features and behaviour, ready to be cut into regressions.
struct DecodingDay {
    let plan: DecodingPlan
    let recording: Recording
    let scalars: Set<String>

    init(_ recording: Recording, _ plan: DecodingPlan) {
        self.recording = recording
        self.plan = plan
        scalars = DecodingPlan.scalarChannels(of: recording).intersection(plan.channels)
    }

    /// Moments per channel and fold; trials go to the folds in turn. `nil` for a channel without a
    /// single measured value in that fold.
    func moments(
        _ features: TrialArray, trials: [Int], folds: Int = DecodingPlan.folds
    ) -> [[SecondMoments]] {
        var result = [[SecondMoments]](repeating: [], count: plan.channels.count)
        for fold in 0..<folds {
            let members = trials.indices.filter { $0 % folds == fold }.map { trials[$0] }
            guard !members.isEmpty else { continue }
            add(binwise(features, members), to: &result, scalar: false)
            if !scalars.isEmpty { add(trialwise(features, members), to: &result, scalar: true) }
        }
        return result
    }

    private func add(
        _ rows: (x: Matrix, y: Matrix), to result: inout [[SecondMoments]], scalar: Bool
    ) {
        let channels = plan.channels.indices.filter {
            scalars.contains(plan.channels[$0]) == scalar
        }
        let isMeasured = channels.map { channel in
            (0..<rows.y.rows).map { rows.y[$0, channel].isFinite }
        }
        let complete = zip(channels, isMeasured).filter { $0.1.allSatisfy { $0 } }.map(\.0)
        if !complete.isEmpty, rows.x.rows > 0 {
            var y = Matrix(zeros: rows.y.rows, complete.count)
            for i in 0..<y.rows {
                for (place, channel) in complete.enumerated() { y[i, place] = rows.y[i, channel] }
            }
            let moments = SecondMoments(regressors: rows.x, targets: y)
            for (place, channel) in complete.enumerated() {
                result[channel].append(moments.selecting(targets: [place]))
            }
        }
        // A channel with gaps has rows of its own and takes nothing from the others.
        for (channel, measured) in zip(channels, isMeasured) where !complete.contains(channel) {
            let kept = measured.indices.filter { measured[$0] }
            guard !kept.isEmpty else { continue }
            result[channel].append(
                SecondMoments(
                    regressors: rows.x.selecting(rows: kept),
                    targets: Matrix(
                        rows: kept.count, columns: 1, values: kept.map { rows.y[$0, channel] })))
        }
    }

    /// Rows are bins: features of the bin `lag` before and of those before it.
    func binwise(_ features: TrialArray, _ trials: [Int]) -> (x: Matrix, y: Matrix) {
        var (x, y) = ([Double](), [Double]())
        let perTrial = max(0, features.bins - plan.firstBin)
        x.reserveCapacity(trials.count * perTrial * features.width * plan.historyBins)
        for trial in trials {
            for bin in plan.firstBin..<max(plan.firstBin, features.bins) {
                for history in 0..<plan.historyBins {
                    let source = bin - plan.lagBins - history
                    let start = (trial * features.bins + source) * features.width
                    for value in features.values[start..<(start + features.width)] {
                        x.append(Double(value))
                    }
                }
                y += targets(trial, bin)
            }
        }
        return (
            Matrix(
                rows: trials.count * perTrial, columns: features.width * plan.historyBins, values: x),
            Matrix(rows: trials.count * perTrial, columns: plan.channels.count, values: y)
        )
    }

    /// Rows are trials: features averaged in equal windows.
    func trialwise(_ features: TrialArray, _ trials: [Int]) -> (x: Matrix, y: Matrix) {
        var (x, y) = ([Double](), [Double]())
        for trial in trials {
            x += Self.windows(features, trial)
            y += (0..<plan.channels.count).map { channel in
                (0..<recording.binCount).lazy.map { targets(trial, $0)[channel] }
                    .first(where: \.isFinite) ?? .nan
            }
        }
        let windows = min(DecodingPlan.scalarWindows, features.bins)
        return (
            Matrix(rows: trials.count, columns: windows * features.width, values: x),
            Matrix(rows: trials.count, columns: plan.channels.count, values: y)
        )
    }

    static func windows(_ features: TrialArray, _ trial: Int) -> [Double] {
        let count = min(DecodingPlan.scalarWindows, features.bins)
        return (0..<count).flatMap { window -> [Double] in
            let bins = (window * features.bins / count)..<((window + 1) * features.bins / count)
            return (0..<features.width).map { column in
                bins.reduce(0) { $0 + Double(features[trial, $1, column]) } / Double(bins.count)
            }
        }
    }

    private func targets(_ trial: Int, _ bin: Int) -> [Double] {
        let place = (trial * recording.binCount + bin) * recording.behaviorNames.count
        return plan.channels.map { name in
            recording.behaviorNames.firstIndex(of: name).map {
                Double(recording.behavior[place + $0])
            } ?? .nan
        }
    }
}
