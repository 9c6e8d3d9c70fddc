public import Evaluation
public import Registry

/// The page of one run.
public enum RunReport {
    /// Where the page of a run lies unless it is wanted elsewhere: beside the run's files.
    public static func location(ofRun run: String, in workspace: Workspace) -> String {
        "\(workspace.runFolder(run))/report.html"
    }

    /// The journey from a trained run to its page: evaluates the run, enters what was found into the
    /// registry, and draws it.
    ///
    /// - Throws: `ReportError.noPlotly`, `.unreadablePlotly`, and the errors of the rooms below.
    public static func page(
        ofRun run: String, in registry: SessionRegistry, options: RunEvaluation.Options
    ) throws -> ReportPage {
        // Before the work of minutes that a missing file would waste.
        let plotly = try PlotlyLibrary()
        let outcome = try EvaluationJourney.evaluate(run: run, in: registry, options: options)
        return try page(outcome, in: registry, threads: options.threads, plotly)
    }

    /// The page of a run that was evaluated already.
    ///
    /// - Throws: the errors of the rooms below.
    public static func page(
        _ outcome: EvaluationJourney.Outcome, in registry: SessionRegistry, threads: Int,
        _ plotly: PlotlyLibrary
    ) throws -> ReportPage {
        try page(
            RunMaterial(outcome.evaluation, outcome.comparison, in: registry, threads: threads), plotly)
    }

    /// Draws the page.
    ///
    /// - Throws: errors of the rooms below.
    public static func page(_ material: RunMaterial, _ plotly: PlotlyLibrary) throws -> ReportPage {
        let sections: [PageSection?] = [
            HeadlineSection.section(material), DateSection.section(material), SearchSection.section(material),
            TrainingSection.section(material),
            AlignmentSection.section(material), try TrajectorySection.section(material),
            CourseSection.section(material), RateSection.section(material), DecodingSection.section(material),
            MetricSection.section(material), RotationSection.section(material),
            InputSection.section(material), LearningCurveSection.section(material),
            SettingsSection.section(material, plotly),
        ]
        return ReportPage(
            title: "Run \(material.run.name)", subtitle: subtitle(material),
            sections: sections.compactMap { $0 }, plotly: plotly)
    }

    private static func subtitle(_ material: RunMaterial) -> String {
        let dates = material.sessions.map(\.date).sorted()
        let subjects = Set(material.sessions.map(\.subject)).sorted().joined(separator: ", ")
        let range =
            dates.first == dates.last
            ? dates.first ?? "" : "\(dates.first ?? "") to \(dates.last ?? "")"
        let count = material.sessions.count
        return "\(subjects) · \(count) recording day\(count == 1 ? "" : "s"), \(range) · "
            + material.run.status.rawValue
    }
}
