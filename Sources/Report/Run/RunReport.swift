import Evaluation

/// The page of one run.
public enum RunReport {
    /// - Throws: errors of the rooms below.
    public static func page(_ material: RunMaterial, _ plotly: PlotlyLibrary) throws -> ReportPage {
        let sections: [PageSection?] = [
            HeadlineSection.section(material), TrainingSection.section(material),
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
