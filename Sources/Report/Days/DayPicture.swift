import Evaluation
import LinearAlgebra
import Recordings
import Registry

/// What a page shows of one day, thinned: a day is read, drawn from and let go.
struct DayPicture {
    /// A held-out trial in the space of factors.
    struct Trial {
        let condition: String
        /// Place in the day, 0 the first and 1 the last.
        let order: Double
        /// `[bins, factors]`
        let factors: Matrix
    }

    let name: String
    let date: String
    let detail: DayDetail
    let windows: TimeWindows
    /// That its trials are cut around.
    let event: AlignedEvent?
    /// Length of a trial.
    let milliseconds: Double
    /// Of a continuous recording, whose windows have no average: its held-out windows, each by itself.
    let factorMeans: ConditionMeans
    let trials: [Trial]
    let heldOutCount: Int
    let units: [UnitPicture]
    let unitCount: Int
    let decoded: DecodedBehavior?
    let rotationOfFactors: RotationalDynamics?
    let rotationOfCounts: RotationalDynamics?
    let inputs: InputPicture?
    /// Of a continuous recording; units then have no pictures of their own.
    let course: CoursePicture?
    /// Spikes, in Hz; otherwise expected values per bin.
    let isPoisson: Bool

    /// - Throws: errors of the rooms below.
    init(
        _ day: InferredDay, _ evaluation: RunEvaluation, _ order: ConditionOrder, _ detail: DayDetail
    ) throws {
        self.detail = detail
        let hasLabels = day.conditions.contains { $0 != nil }
        let labels = day.conditions.map { hasLabels ? $0 : ConditionOrder.unlabelled }
        name = day.record.name
        date = day.record.date
        isPoisson = day.isPoisson
        windows = TimeWindows(
            bins: day.factors.binCount, binMilliseconds: day.recording.binMilliseconds)
        event = day.recording.metadata.event
        milliseconds = Double(day.factors.binCount) * day.recording.binMilliseconds
        course = CoursePicture(day)
        let isContinuous = course != nil
        factorMeans = ConditionMeans(
            day.factors, labels: isContinuous ? day.recording.trials.indices.map { "window \($0)" } : labels,
            trials: isContinuous ? day.testedTrials : day.usualTrials)
        let last = Double(max(day.recording.trialCount - 1, 1))
        let shown = Set(order.shown(most: Thinning.conditionsInSpace))
        let candidates = day.testedTrials.filter { labels[$0].map(shown.contains) ?? false }
        trials = Thinning.balanced(
            candidates.map { labels[$0] ?? "" }, most: Thinning.trialsInSpace
        ).map { candidates[$0] }.map { trial in
            Trial(
                condition: labels[trial] ?? "", order: Double(trial) / last,
                factors: day.factors.matrix(ofTrial: trial))
        }
        heldOutCount = day.testedTrials.count
        unitCount = day.recording.units.count
        let smoothed = day.smoothedCounts
        units =
            isContinuous ? [] : UnitPicture.most(modulatedOf: day, smoothed, labels, order, windows, detail)
        decoded =
            evaluation.channels.isEmpty
            ? nil
            : try DecodedBehavior(
                day, channels: evaluation.channels, lagMilliseconds: evaluation.lagMilliseconds,
                historyMilliseconds: evaluation.historyMilliseconds)
        rotationOfFactors = isContinuous ? nil : try day.rotationOfFactors(factorMeans)
        rotationOfCounts = try day.rotationOfCounts(smoothed)
        inputs = isContinuous ? nil : InputPicture(day, labels, order, windows)
    }
}

extension DayPicture {
    /// A dotted line at the event, in charts over a trial's milliseconds; over images and in a colour
    /// that shows on them.
    var eventMark: [Shape]? {
        event.map { event in
            var mark = Shape.vertical(event.milliseconds, color: "#d55e00", dash: "dot")
            mark.layer = "above"
            return [mark]
        }
    }
}

extension [DayPicture] {
    /// What the dotted lines of these days stand for; empty where no day has one.
    var eventNotes: [String] {
        let names = Set(compactMap { $0.event?.name }).sorted()
        return names.isEmpty
            ? [] : ["Dotted: \(names.joined(separator: ", ")), the event that trials are cut around."]
    }
}
