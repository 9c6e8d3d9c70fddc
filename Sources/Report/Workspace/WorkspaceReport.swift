/// The page of a workspace: all sessions and all runs.
public enum WorkspaceReport {
    /// Draws the page.
    ///
    /// - Throws: `RegistryError`
    public static func page(_ material: WorkspaceMaterial, _ plotly: PlotlyLibrary) -> ReportPage {
        let (sessions, runs) = (material.sessions, material.runs)
        let subjects = Set(sessions.map(\.record.subject)).count
        func number(_ count: Int, _ one: String) -> String {
            "\(count) \(one)\(count == 1 ? "" : "s")"
        }
        return ReportPage(
            title: "Workspace \(material.path)",
            subtitle: [
                number(sessions.count, "session"), number(subjects, "subject"),
                number(runs.count, "run"),
            ].joined(separator: " · "),
            sections: [SessionsSection.section(sessions), RunsSection.section(runs)], plotly: plotly)
    }
}
