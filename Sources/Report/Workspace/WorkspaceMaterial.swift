import Evaluation
import Foundation
public import Registry

/// Everything that the page of a workspace is made of: what the registry says, no recording is read.
public struct WorkspaceMaterial {
    struct Session {
        let record: SessionRecord
        /// Of the units' mean rates in Hz; `nil` for continuous signals.
        let rates: RateQuartiles?
    }

    struct RateQuartiles {
        let summary: MetricSummary
        let lowest: Double
        let highest: Double
    }

    struct Run {
        let record: RunRecord
        /// Over sessions, as found by the last evaluation.
        let summary: MetricValues<MetricSummary>
        /// What its figures of unseen trials are of; `nil` for a run that was never evaluated.
        let part: EvaluatedPart?
        let agreement: Double?
        /// Where its report lies, as a link from this page.
        let report: String?
    }

    let path: String
    let sessions: [Session]
    let runs: [Run]

    /// Reads what the page of a workspace shows.
    ///
    /// - Parameter folder: that of the page, from which links lead to the reports of runs.
    /// - Throws: `RegistryError`
    public init(_ registry: SessionRegistry, page folder: String) throws {
        path = registry.workspace.path
        sessions = try registry.sessions(matching: .all).map { record in
            let rates = try registry.units(of: record).compactMap(\.meanRateHz).filter(\.isFinite)
            let quartiles = MetricSummary(rates).map {
                RateQuartiles(
                    summary: $0, lowest: rates.min() ?? 0, highest: rates.max() ?? 0)
            }
            return Session(record: record, rates: quartiles)
        }
        runs = try registry.runs().map { record in
            let found = try registry.evaluation(ofRun: record.name)
            let summary = MetricValues(over: found.map { MetricValues<Double>(byName: $0.figures) })
            let measured = try registry.epochMetrics(ofRun: record.name, names: ["agreement"])
            let best = measured.first { $0.epoch == record.bestEpoch } ?? measured.last
            return Run(
                record: record, summary: summary,
                part: (found.first?.part.rawValue).flatMap(EvaluatedPart.init),
                agreement: summary[.agreement]?.median ?? best?.values["agreement"],
                report: Self.link(to: record.name, registry.workspace, from: folder))
        }
    }

    private static func link(
        to run: String, _ workspace: Workspace, from folder: String
    ) -> String? {
        func absolute(_ path: String) -> String {
            URL(fileURLWithPath: path).standardizedFileURL.path
        }
        let file = RunReport.location(ofRun: run, in: workspace)
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        // Relative links survive a workspace that is moved.
        let path =
            absolute(folder) == absolute(workspace.path) ? "runs/\(run)/report.html" : absolute(file)
        return path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
    }
}
