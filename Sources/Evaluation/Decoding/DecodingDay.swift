import LinearAlgebra
import Recordings
import TrialArrays

/// One day's features and behaviour, ready to be cut into regressions.
struct DecodingDay {
    let plan: DecodingPlan
    private let behavior: TrialArray
    /// By channel of the plan: where it stands in the behaviour.
    private let columns: [Int?]
    /// Channels of the plan that are one number a trial.
    let scalars: Set<String>

    init(_ recording: Recording, _ plan: DecodingPlan) {
        self.plan = plan
        behavior = recording.behaviorArray
        columns = plan.channels.map { recording.behaviorNames.firstIndex(of: $0) }
        scalars = DecodingPlan.scalarChannels(of: recording).intersection(plan.channels)
    }

    /// Moments by fold, to which trials go in turn. A channel without a single measured value in a fold has none of
    /// that fold.
    func moments(
        _ features: TrialArray, trials: [Int], folds: Int = DecodingPlan.folds
    ) -> DecodingMoments {
        let members = (0..<folds).map { fold in
            trials.indices.filter { $0 % folds == fold }.map { trials[$0] }
        }.filter { !$0.isEmpty }
        let courses = plan.channels.indices.filter { !scalars.contains(plan.channels[$0]) }
        let numbers = plan.channels.indices.filter { scalars.contains(plan.channels[$0]) }
        var groups = groups(courses, members.map { binwise(features, $0) })
        if !numbers.isEmpty { groups += self.groups(numbers, members.map { trialwise(features, $0) }) }
        return DecodingMoments(groups: groups)
    }

    private func groups(
        _ channels: [Int], _ folds: [(x: Matrix, y: Matrix)]
    ) -> [DecodingMoments.Group] {
        func isMeasured(_ channel: Int, _ y: Matrix) -> Bool {
            (0..<y.rows).allSatisfy { y[$0, channel].isFinite }
        }
        let folds = folds.filter { $0.x.rows > 0 }
        let complete = channels.filter { channel in folds.allSatisfy { isMeasured(channel, $0.y) } }
        var result: [DecodingMoments.Group] = []
        if !complete.isEmpty, !folds.isEmpty {
            result.append(
                DecodingMoments.Group(
                    channels: complete,
                    folds: folds.map {
                        SecondMoments(regressors: $0.x, targets: $0.y.selecting(columns: complete))
                    }))
        }
        // A channel with gaps has rows of its own and takes nothing from the others.
        for channel in channels where !complete.contains(channel) {
            let own = folds.compactMap { x, y -> SecondMoments? in
                let kept = (0..<y.rows).filter { y[$0, channel].isFinite }
                guard !kept.isEmpty else { return nil }
                return SecondMoments(
                    regressors: x.selecting(rows: kept),
                    targets: Matrix(rows: kept.count, columns: 1, values: kept.map { y[$0, channel] }))
            }
            if !own.isEmpty { result.append(DecodingMoments.Group(channels: [channel], folds: own)) }
        }
        return result
    }

    /// Rows are bins: features of the bin `lag` before and of those before it.
    func binwise(_ features: TrialArray, _ trials: [Int]) -> (x: Matrix, y: Matrix) {
        var (x, y) = ([Double](), [Double]())
        let perTrial = max(0, features.binCount - plan.firstBin)
        let width = features.columnCount * plan.historyBins
        x.reserveCapacity(trials.count * perTrial * width)
        for trial in trials {
            for bin in plan.firstBin..<max(plan.firstBin, features.binCount) {
                for history in 0..<plan.historyBins {
                    for value in features[trial, bin - plan.lagBins - history] { x.append(Double(value)) }
                }
                y += targets(trial, bin)
            }
        }
        return (
            Matrix(rows: trials.count * perTrial, columns: width, values: x),
            Matrix(rows: trials.count * perTrial, columns: plan.channels.count, values: y)
        )
    }

    /// Rows are trials: features averaged in equal windows.
    func trialwise(_ features: TrialArray, _ trials: [Int]) -> (x: Matrix, y: Matrix) {
        var (x, y) = ([Double](), [Double]())
        for trial in trials {
            x += Self.windows(features, trial)
            y += (0..<plan.channels.count).map { channel in
                (0..<behavior.binCount).lazy.map { targets(trial, $0)[channel] }
                    .first(where: \.isFinite) ?? .nan
            }
        }
        let windows = min(DecodingPlan.scalarWindows, features.binCount)
        return (
            Matrix(rows: trials.count, columns: windows * features.columnCount, values: x),
            Matrix(rows: trials.count, columns: plan.channels.count, values: y)
        )
    }

    /// Means over equal windows of a trial, window by window.
    static func windows(_ features: TrialArray, _ trial: Int) -> [Double] {
        let count = min(DecodingPlan.scalarWindows, features.binCount)
        return (0..<count).flatMap { window -> [Double] in
            let bins = (window * features.binCount / count)..<((window + 1) * features.binCount / count)
            return (0..<features.columnCount).map { column in
                bins.reduce(0) { $0 + Double(features[trial, $1, column]) } / Double(bins.count)
            }
        }
    }

    /// By channel of the plan; NaN for one that wasn't measured.
    private func targets(_ trial: Int, _ bin: Int) -> [Double] {
        columns.map { column in column.map { Double(behavior[trial, bin, $0]) } ?? .nan }
    }
}
