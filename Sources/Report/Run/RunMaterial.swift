public import Evaluation
import Foundation
import LinearAlgebra
public import Registry
import Stitching

/// Everything that the page of one run is made of.
public struct RunMaterial {
    let run: RunRecord
    let settings: StitchSettings
    /// In the run's order.
    let sessions: [SessionRecord]
    let epochs: [EpochMetrics]
    let evaluation: RunEvaluation
    /// With one model per session, where these were trained.
    let comparison: RunComparison?
    /// `nil` for a run of one day, which has nothing to be aligned with, and for one whose space is that
    /// of a model that was there before.
    let alignment: RunAlignment?
    /// What fewer trials of other days would give, and what is left out of it.
    let learningCurves: (curves: [LearningCurve], leftOut: [String])
    /// `nil` for a run that no search found.
    let search: SearchMaterial?
    let conditions: ConditionOrder
    /// All of them.
    let days: [DayPicture]
    /// At most `Thinning.days`, evenly spread: what is drawn of several days in one chart.
    let daysTogether: [DayPicture]

    /// Reads what a page shows: an evaluation that was made, and every day once more.
    ///
    /// - Parameters:
    ///   - evaluation: of the same run, and its comparison with one model per session.
    ///   - threads: days that are read and drawn at once.
    ///   - report: is told every session that is drawn.
    /// - Throws: errors of the rooms below.
    public init(
        _ evaluation: RunEvaluation, _ comparison: RunComparison?, in registry: SessionRegistry,
        threads: Int, report: (String) -> Void = { _ in }
    ) throws {
        run = try registry.run(named: evaluation.run)
        settings = try StitchSettings(json: run.settingsJSON)
        let records = try registry.sessions(ofRun: run.name)
        sessions = records
        epochs = try registry.epochMetrics(ofRun: run.name)
        self.evaluation = evaluation
        self.comparison = comparison
        alignment =
            records.count > 1 && !settings.hasSpaceFromElsewhere
            ? try RunAlignment(run: run.name, in: registry, threads: threads) : nil
        search = try SearchMaterial(ofRun: run.name, in: registry)
        learningCurves = try LearningCurve.all(ofRun: run.name, in: registry)
        let excluded = Set(settings.holdOut.conditions)
        var labels: Set<String> = []
        for record in records {
            let own = try registry.trials(of: record).compactMap(\.condition)
            labels.formUnion(own.isEmpty ? [ConditionOrder.unlabelled] : own)
        }
        let order = ConditionOrder(labels.subtracting(excluded))
        conditions = order
        let trained = try TrainedRun(
            evaluation.run, in: registry, threads: max(1, threads / max(1, records.count)))
        let detail = DayDetail(days: records.count)
        let days = try SideBySide.run(records, threads: threads) { record in
            try DayPicture(
                InferredDay(trained.day(record.name), part: evaluation.part), evaluation, order, detail)
        } done: { place, _ in
            report(records[place].name)
        }
        self.days = days
        daysTogether = Thinning.evenly(days.count, most: Thinning.days).map { days[$0] }
    }

    /// `held-out` or `test`: which trials figures and pictures of unseen trials are of.
    var unseen: String { evaluation.part.adjective }

    /// The same in a sentence, with what there is to say about it.
    var partNote: String {
        let lacking = evaluation.sessionsWithoutTest
        return "Figures of unseen trials are of \(evaluation.part.title)"
            + (lacking.isEmpty
                ? "." : ": \(lacking.count) of \(sessions.count) sessions have no test trials.")
    }

    func dayColor(_ name: String) -> String {
        let place = sessions.firstIndex { $0.name == name } ?? 0
        return Palette.day(place, of: sessions.count)
    }

    var bestEpoch: Int? { run.bestEpoch.map { $0 + 1 } }

    /// What a part of the page has to say that draws some days only.
    var dayNotes: [String] {
        daysTogether.count < sessions.count
            ? ["\(daysTogether.count) of \(sessions.count) sessions are drawn, evenly spread over the run."]
            : []
    }
}
