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
