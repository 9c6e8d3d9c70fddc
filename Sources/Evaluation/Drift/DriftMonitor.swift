public import Foundation
public import Registry
import Stitching

/// Whether a trained run still fits a day: use it as is, extend the run by the day, or train anew.
///
/// A day's numbers are held against those of the trained days, every one of which is compared with the
/// other trained days alone. Rules and reasons: `docs/monitor.md`.
public struct DriftMonitor {
    /// What is decoded, and with how many threads.
    public struct Options: Sendable {
        /// Behaviour to decode; empty = all that every trained day has.
        public var channels: [String] = []
        /// Milliseconds by which behaviour follows what it is decoded from.
        public var lagMilliseconds = 0.0
        /// Milliseconds before that which are read as well.
        public var historyMilliseconds = 0.0
        /// Threads to infer with; results do not depend on them.
        public var threads: Int

        /// All channels, without lag and history.
        /// - Parameter threads: as many as there are processors, if not said.
        public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount) { self.threads = threads }
    }

    private var run: TrainedRun
    private let registry: SessionRegistry
    private let threads: Int
    private let plan: DecodingPlan
    private let trained: [DriftDay]

    /// Reads the trained days of a run.
    ///
    /// - Parameters:
    ///   - name: of the run.
    ///   - registry: where run and sessions are registered.
    ///   - options: what is decoded, and with how many threads.
    ///   - report: is told the session that comes next.
    /// - Throws: `EvaluationError` and errors of the rooms below.
    public init(
        run name: String, in registry: SessionRegistry, options: Options,
        report: (String) -> Void = { _ in }
    ) throws {
        let run = try TrainedRun(name, in: registry, threads: options.threads)
        self.run = run
        self.registry = registry
        threads = options.threads
        let joined = Set(try JoinedDay.all(ofRun: name, in: registry).map(\.session))
        let days = run.sessions.filter { !joined.contains($0.name) }
        guard let first = days.first else { throw EvaluationError.noSessions(run: name) }
        var common: [String]?
        for record in days {
            let names = try registry.behaviorNames(of: record)
            common = common.map { $0.filter(names.contains) } ?? names
        }
        let plan = DecodingPlan(
            channels: try RunEvaluation.channels(options.channels, common ?? []),
            lagMilliseconds: options.lagMilliseconds,
            historyMilliseconds: options.historyMilliseconds, binMilliseconds: first.binMilliseconds)
        guard plan.firstBin < first.binCount else {
            throw EvaluationError.historyTooLong(
                session: first.name, bins: first.binCount, needed: plan.firstBin + 1)
        }
        self.plan = plan
        trained = try days.map { record in
            report(record.name)
            return try DriftDay(InferredDay(run.day(record.name)), plan)
        }
    }

    /// Judges one registered day, of the run or not; nothing is entered.
    ///
    /// - Throws: `RegistryError.unknownSessions`, `StitchingError.doesNotFit`, and errors of the rooms below.
    public func judge(_ session: String) throws -> DriftReport {
        if let record = run.sessions.first(where: { $0.name == session }) { return try judgeMember(record) }
        let record = try registry.session(named: session)
        let view = try ElectrodeView(of: record, in: run)
        return try DriftReport(
            run: run.name, session: session, date: record.date, membership: .none,
            asItStands: try view.map { try seen($0) }
        ) {
            try TriedExtension(of: record, to: run).map {
                try aligned($0, electrodes: view)
            }
        }
    }

    /// Judges days that have joined a run which was extended from this one: its trained days are these, bit for
    /// bit, and are not inferred again.
    ///
    /// - Parameter session: a session that joined this run.
    /// - Parameter name: of the run that came of it.
    /// - Throws: `RegistryError.unknownRun`, `.unknownSessions`, and errors of the rooms below.
    public func judge(_ session: String, joinedAs name: String) throws -> DriftReport {
        var monitor = self
        monitor.run = try TrainedRun(name, in: registry, threads: threads)
        return try monitor.judge(session)
    }

    private func judgeMember(_ record: SessionRecord) throws -> DriftReport {
        let inferred = try InferredDay(run.day(record.name))
        let own = trained.first { $0.name == record.name }
        let isOnlyDay = own != nil && trained.count == 1
        // A day is not held against itself, unless there is no other.
        var others = trained.filter { $0.name != record.name }
        var remarks: [String] = []
        if isOnlyDay {
            others = trained
            remarks.append("it is the only day that the run was trained on, and is compared with itself")
        }
        if !record.isCurrent {
            remarks.append(
                "the run has revision \(record.revision) of it, and there is a newer one")
        }
        let day = try own ?? DriftDay(inferred, plan)
        var numbers = try numbers(day, others)
        var electrodeAgreement: Double?
        if isOnlyDay {
            numbers.removeAll { $0.kind == .agreement }
        } else if !DriftView.canTell(numbers) {
            electrodeAgreement = try ElectrodeView(of: record, in: run).flatMap {
                try Self.agreement(inferred, $0)
            }
        }
        let parent = try JoinedDay.all(ofRun: run.name, in: registry).first { $0.session == record.name }
        return try DriftReport(
            run: run.name, session: record.name, date: record.date,
            membership: own == nil ? .joined : .trained, parent: parent?.parent,
            asItStands: DriftView(
                maps: isOnlyDay ? .onlyDay : .own, numbers: numbers,
                decodedChannels: try channels(day, others), electrodeAgreement: electrodeAgreement),
            remarks: remarks
        ) {
            guard own == nil else { return nil }
            return try TriedExtension(of: record, to: run, labelsOnly: true).map {
                try aligned($0, electrodes: nil)
            }
        }
    }

    // MARK: Ways to see a day

    private func seen(_ view: ElectrodeView) throws -> DriftView {
        let day = try DriftDay(InferredDay(view.day), plan)
        let reference = try InferredDay(view.reference)
        return DriftView(
            maps: .electrodes, electrodes: view.electrodes, mapsOf: view.reference.record.name,
            numbers: try numbers(
                day, trained,
                bits: DriftNumber(
                    .bitsPerSpike, day.bitsPerSpike, trained: [reference.heldOutBitsPerSpike],
                    share: DriftNumber.shareOfSameUnits)),
            decodedChannels: try channels(day, trained), electrodeAgreement: nil)
    }

    private func aligned(
        _ tried: TriedExtension, electrodes view: ElectrodeView?
    ) throws -> DriftView {
        let inferred = try InferredDay(tried.day)
        let day = try DriftDay(inferred, plan)
        let others = trained.filter { $0.name != day.name }
        let reference = others.isEmpty ? trained : others
        let numbers = try numbers(day, reference)
        return DriftView(
            maps: tried.usedLabels ? .alignedByLabels : .alignedWithoutLabels, numbers: numbers,
            decodedChannels: try channels(day, reference),
            electrodeAgreement: DriftView.canTell(numbers)
                ? nil : try view.flatMap { try Self.agreement(inferred, $0) })
    }

    /// R² of the factors of a day as it is seen, predicted by those seen through electrodes.
    private static func agreement(_ day: InferredDay, _ view: ElectrodeView) throws -> Double? {
        let other = try InferredDay(view.day)
        let trials = day.usualTrials
        return CoefficientOfDetermination.pooled(
            actual: day.factors.rows(ofTrials: trials), predicted: other.factors.rows(ofTrials: trials))
    }

    // MARK: Numbers

    /// - Parameter bits: where they are not to be held against those of the others.
    private func numbers(
        _ day: DriftDay, _ others: [DriftDay], bits: DriftNumber? = nil
    ) throws -> [DriftNumber] {
        let baseline = try DriftBaseline(others, plan)
        let decoded = try channels(day, others).values
        return [
            bits
                ?? DriftNumber(
                    .bitsPerSpike, day.bitsPerSpike, trained: others.map(\.bitsPerSpike),
                    enough: day.bitsPerSpikeOfAverages),
            DriftNumber(
                .distance, try DriftBaseline.distance(day, others), trained: baseline.distances),
            DriftNumber(
                .decoding, MetricSummary(Array(decoded))?.median, trained: baseline.decoding),
            DriftNumber(
                .agreement, agreement(day, others), trained: baseline.agreement),
        ].compactMap { $0 }
    }

    /// Days of the run stand in its order, so that a day's number is, bit for bit, the one of its evaluation.
    private func agreement(_ day: DriftDay, _ others: [DriftDay]) -> Double? {
        func place(_ day: DriftDay) -> Int { run.sessions.firstIndex { $0.name == day.name } ?? -1 }
        let days = ([day] + others).sorted { place($0) < place($1) }
        let index = StitchingIndex(days.map(\.factorMeans), shuffles: 0)
        return days.firstIndex { $0.name == day.name }.flatMap { index.agreement[$0] }
    }

    private func channels(_ day: DriftDay, _ others: [DriftDay]) throws -> [String: Double] {
        guard !plan.channels.isEmpty else { return [:] }
        let scores = try BehaviorDecoder.across(
            plan, fitted: others.map(\.decoding), tested: day.decoding)
        return Dictionary(
            uniqueKeysWithValues: zip(plan.channels, scores).compactMap { name, score in
                score.flatMap { $0.isFinite ? (name, $0) : nil }
            })
    }
}
