public import Foundation
import LinearAlgebra
import Messages
public import Registry
import Stitching

/// What shows that a run is good, session by session. Definitions, formulas and sources of all metrics:
/// `docs/evaluation.md`.
public struct RunEvaluation: Sendable, Codable {
    /// What was found of one session.
    public struct Session: Sendable, Codable {
        /// Name of the session.
        public let name: String
        /// ISO 8601 calendar date of the session.
        public let date: String
        /// What can't be said of the session is missing.
        public let metrics: MetricValues<Double>
        /// Of runs with a controller.
        public let inferredInputs: InferredInputAnalysis?

        private enum CodingKeys: String, CodingKey {
            case name, date, inferredInputs
            case metrics = "figures"
        }

        /// The value of a metric; `nil` where it can't be said of the session.
        public subscript(metric: Metric) -> Double? { metrics[metric] }
        /// The value of one channel of behaviour.
        public subscript(metric: Metric, channel channel: String) -> Double? {
            metrics[metric, channel: channel]
        }
    }

    /// Name of the run.
    public let run: String
    /// Version of the program that evaluated.
    public let version: String
    /// Behaviour channels that were decoded.
    public let channels: [String]
    /// Milliseconds by which behaviour follows what it is decoded from.
    public let lagMilliseconds: Double
    /// Milliseconds before that which were read as well.
    public let historyMilliseconds: Double
    /// The trials that figures of unseen trials are of, in all sessions.
    public let part: EvaluatedPart
    /// Sessions that have no test trials, where others have some: why the held-out ones were evaluated.
    public let sessionsWithoutTest: [String]
    /// In the run's order.
    public let sessions: [Session]
    /// Median and quartiles over sessions.
    public let summary: MetricValues<MetricSummary>
    /// What fewer units would give; empty unless it was asked for.
    public let populationSize: [PopulationSize]

    /// Figures that at least one session has, in the order of their definition.
    public var metrics: [Metric] {
        Metric.allCases.filter { metric in sessions.contains { $0[metric] != nil } }
    }

    /// What is measured beyond what always is, and with how many threads.
    public struct Options: Sendable {
        /// Behaviour to decode; empty = all that every session has.
        public var channels: [String] = []
        /// Milliseconds by which behaviour follows what it is decoded from.
        public var lagMilliseconds = 0.0
        /// Milliseconds before that which are read as well.
        public var historyMilliseconds = 0.0
        /// Numbers of units for the dependence on population size.
        public var unitCounts: [Int] = []
        /// Whether behaviour is decoded from factor analysis as well, for which Python with scikit-learn must be
        /// there.
        public var factorAnalysis = false
        /// The trials that figures of unseen trials are of; `nil`: test trials if every session has some,
        /// otherwise the held-out ones of all.
        public var part: EvaluatedPart?
        /// Threads to infer with; results do not depend on them.
        public var threads: Int

        /// All channels, without lag and history, and all units.
        /// - Parameter threads: as many as there are processors, if not said.
        public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount) { self.threads = threads }
    }

    /// Measures every session of a run; a day is inferred, measured and let go.
    ///
    /// - Parameters:
    ///   - run: name of the run.
    ///   - registry: where the run and its sessions are registered.
    ///   - options: what is measured beyond what always is, and with how many threads.
    ///   - report: is told every session that is done.
    /// - Throws: `EvaluationError` and the errors of the rooms below.
    public init(
        run: String, in registry: SessionRegistry, options: Options,
        report: (String) -> Void = { _ in }
    ) throws {
        let records = try registry.sessions(ofRun: run)
        // Days side by side: what is left of the threads works on each.
        let trained = try TrainedRun(
            run, in: registry, threads: max(1, options.threads / max(1, records.count)))
        let lacking = try EvaluatedPart.sessionsWithoutTest(
            records, excluding: trained.settings.holdOut.conditions, in: registry)
        guard options.part != .test || lacking.isEmpty else {
            throw EvaluationError.noTestTrials(run: run, sessions: lacking, of: records.count)
        }
        let part = options.part ?? (lacking.isEmpty ? .test : .valid)
        var common: [String]?
        // Which channels all days have is known only when all were read: names first, they are cheap.
        for record in records {
            let names = try registry.behaviorNames(of: record)
            common = common.map { $0.filter(names.contains) } ?? names
        }
        let channels = try Self.channels(options.channels, common ?? [])
        let trajectories = options.unitCounts.isEmpty ? nil : try trained.trajectories()
        let found = try SideBySide.run(records, threads: options.threads) { record in
            let day = try InferredDay(trained.day(record.name), part: part)
            let plan = DecodingPlan(
                channels: channels, lagMilliseconds: options.lagMilliseconds,
                historyMilliseconds: options.historyMilliseconds,
                binMilliseconds: record.binMilliseconds)
            guard plan.firstBin < day.factors.binCount else {
                throw EvaluationError.historyTooLong(
                    session: record.name, bins: day.factors.binCount, needed: plan.firstBin + 1)
            }
            let evaluated = try DayEvaluation(day, plan, factorAnalysis: options.factorAnalysis)
            let population =
                options.unitCounts.isEmpty
                ? []
                : try PopulationSize.measure(day, plan, trajectories, unitCounts: options.unitCounts)
            return (evaluated, population)
        } done: { place, _ in
            report(records[place].name)
        }
        let days = found.map(\.0)
        guard let plan = days.last?.plan else { throw EvaluationError.noSessions(run: run) }

        let index = StitchingIndex(days.map(\.factorMeans))
        let across = try Self.across(days, plan, threads: options.threads)
        let distances = try Self.distances(
            days.map(\.initialConditionDistribution), threads: options.threads)
        let factorDistances = try Self.distances(days.map(\.factorDistribution), threads: options.threads)
        sessions = records.enumerated().map { place, record in
            var metrics = days[place].metrics
            for (channel, value) in zip(channels, across[place]) {
                if let value, value.isFinite { metrics[.acrossFromFactors, channel: channel] = value }
            }
            metrics[.acrossFromFactors] = mean(across[place])
            metrics[.agreement] = index.agreement[place]
            metrics[.shuffledAgreement] = index.shuffled[place]
            let others = days.indices.filter { $0 != place }
            let transferred = days[place].transferred?.bitsPerSpike(
                from: others.compactMap { days[$0].transferred })
            if let transferred, transferred.isFinite { metrics[.transferredBitsPerSpike] = transferred }
            metrics[.initialConditionDistance] = distances[place]
            metrics[.factorDistance] = factorDistances[place]
            return Session(
                name: record.name, date: record.date, metrics: metrics,
                inferredInputs: days[place].inputs)
        }
        self.run = run
        version = neurostitchVersion
        self.channels = channels
        self.part = part
        sessionsWithoutTest = lacking.count < records.count ? lacking : []
        lagMilliseconds = options.lagMilliseconds
        historyMilliseconds = options.historyMilliseconds
        populationSize = found.flatMap(\.1)
        summary = MetricValues(over: sessions.map(\.metrics))
    }

    /// Fitted on all other days without their test trials, tested on this one's test trials, or all trials
    /// where the held-out ones are evaluated; by session and channel.
    private static func across(
        _ days: [DayEvaluation], _ plan: DecodingPlan, threads: Int
    ) throws -> [[Double?]] {
        guard days.count > 1 else { return days.map { _ in plan.channels.map { _ in nil } } }
        return try SideBySide.map(days.count, threads: threads) { tested in
            let others = days.indices.filter { $0 != tested }.map { days[$0].decoding }
            return try BehaviorDecoder.across(plan, fitted: others, tested: days[tested].testedDecoding)
        }
    }

    /// Of every day, the mean distance to the others.
    private static func distances(
        _ days: [StateDistribution], threads: Int
    ) throws -> [Double?] {
        let roots = try SideBySide.map(days.count, threads: threads) { try days[$0].root() }
        // By day, to those after it: a distance is the same both ways.
        let later = try SideBySide.map(days.count, threads: threads) { day in
            try days.indices.dropFirst(day + 1).map { try days[day].distance(to: days[$0], root: roots[day]) }
        }
        return days.indices.map { day in
            mean(
                days.indices.filter { $0 != day }.map { other in
                    let (first, second) = (min(day, other), max(day, other))
                    return later[first][second - first - 1]
                })
        }
    }

    /// Channels that every session has, or those asked for, each once.
    static func channels(_ wanted: [String], _ common: [String]) throws -> [String] {
        for channel in wanted where !common.contains(channel) {
            throw EvaluationError.unknownChannel(channel, known: common)
        }
        var known = Set<String>()
        return wanted.isEmpty ? common : wanted.filter { known.insert($0).inserted }
    }
}

extension RunEvaluation {
    /// Decodes an evaluation; those of versions that knew no test trials are of held-out ones.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        run = try container.decode(String.self, forKey: .run)
        version = try container.decode(String.self, forKey: .version)
        channels = try container.decode([String].self, forKey: .channels)
        lagMilliseconds = try container.decode(Double.self, forKey: .lagMilliseconds)
        historyMilliseconds = try container.decode(Double.self, forKey: .historyMilliseconds)
        part = try container.decodeIfPresent(EvaluatedPart.self, forKey: .part) ?? .valid
        sessionsWithoutTest =
            try container.decodeIfPresent([String].self, forKey: .sessionsWithoutTest) ?? []
        sessions = try container.decode([Session].self, forKey: .sessions)
        summary = try container.decode(MetricValues<MetricSummary>.self, forKey: .summary)
        populationSize = try container.decode([PopulationSize].self, forKey: .populationSize)
    }
}
