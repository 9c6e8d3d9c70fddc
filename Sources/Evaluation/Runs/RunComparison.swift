public import Registry
import Stitching

/// One run against another, or against one model per session, session by session.
public struct RunComparison: Sendable, Codable {
    /// One value of one session in both runs.
    public struct Row: Sendable, Codable {
        /// What is compared; also of single channels.
        public let key: MetricKey
        /// Name of the session.
        public let session: String
        /// The value in this run.
        public let value: Double
        /// The value in the other run.
        public let other: Double

        private enum CodingKeys: String, CodingKey {
            case session, value, other
            case key = "figure"
        }
    }

    /// One metric over all sessions that both runs know.
    public struct Summary: Sendable, Codable {
        /// What is compared.
        public let metric: Metric
        /// Median over sessions of the difference, this run's value minus the other's.
        public let medianDifference: Double
        /// Sessions in which this run is better, of all that have both.
        public let better: Int
        /// Sessions that have it in both runs.
        public let sessions: Int

        private enum CodingKeys: String, CodingKey {
            case medianDifference, better, sessions
            case metric = "figure"
        }
    }

    /// Name of this run.
    public let run: String
    /// The other run, or `single` for one model per session.
    public let other: String
    /// All values that both runs have, session by session.
    public let rows: [Row]
    /// The metrics of which one way is the better one.
    public let summaries: [Summary]

    /// What one model per session is called as the other run.
    public static let single = "single"

    /// Sets the values of one evaluation beside those of others.
    ///
    /// - Parameters:
    ///   - own: of the run that is compared.
    ///   - other: evaluations of the runs to compare with; the first that knows a session counts.
    ///   - name: what these are called together.
    /// - Throws: `EvaluationError.nothingInCommon`, `.partsDiffer`.
    public init(_ own: RunEvaluation, with other: [RunEvaluation], named name: String) throws {
        if let odd = other.first(where: { $0.part != own.part }) {
            throw EvaluationError.partsDiffer(
                run: own.run, part: own.part, other: odd.run, otherPart: odd.part)
        }
        var rows: [Row] = []
        var hasCommon = false
        for session in own.sessions {
            guard let match = other.lazy.flatMap(\.sessions).first(where: { $0.name == session.name })
            else { continue }
            hasCommon = true
            for key in session.metrics.keys {
                guard let value = session.metrics[key], let reference = match.metrics[key] else { continue }
                rows.append(Row(key: key, session: session.name, value: value, other: reference))
            }
        }
        guard hasCommon else { throw EvaluationError.nothingInCommon(run: own.run, other: name) }
        run = own.run
        self.other = name
        self.rows = rows
        summaries = Metric.allCases.filter { $0.better != .neither }.compactMap { metric in
            let own = rows.filter { $0.key == MetricKey(metric) }
            guard let summary = MetricSummary(own.map { $0.value - $0.other }) else { return nil }
            let sign: Double = metric.better == .lower ? -1 : 1
            return Summary(
                metric: metric, medianDifference: summary.median,
                better: own.filter { sign * ($0.value - $0.other) > 0 }.count, sessions: own.count)
        }
    }

    /// The rows of one metric, without those of single channels, in the order of this run's sessions.
    public func rows(of metric: Metric) -> [Row] { rows.filter { $0.key == MetricKey(metric) } }

    /// Names of the finished single-session runs that `stitch --single` made beside a run; empty unless
    /// every session has one.
    public static func singles(of run: String, in registry: SessionRegistry) throws -> [String] {
        let finished = Set(try registry.runs().filter { $0.status == .finished }.map(\.name))
        let names = try registry.sessions(ofRun: run).map {
            StitchManifest.singleRunName(of: run, session: $0.name)
        }
        return names.count > 1 && names.allSatisfy(finished.contains) ? names : []
    }
}
