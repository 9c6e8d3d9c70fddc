import ArrayFiles
import Foundation
public import Registry

/// What a day would give to a run if it had fewer training trials: how many trials a new day needs.
///
/// Kept in the run's folder, `learning-curves/SESSION.json` (layout in `docs/file-formats.md`), so that
/// the run's report can draw it. It says which content and which state of the run it was measured on;
/// where these are no longer the same it is left out.
public struct LearningCurve: Sendable, Equatable, Codable {
    /// What one number of training trials gives.
    public struct Point: Sendable, Equatable, Codable {
        /// The number of trials.
        public let trainingTrials: Int
        /// Of held-out trials, as aligned; `nil` for runs that are not Poisson.
        public let alignedBitsPerSpike: Double?
        /// Of held-out trials, after training; `nil` for runs that are not Poisson.
        public let bitsPerSpike: Double?
        /// Epochs of training that the maps have behind them.
        public let epochs: Int
    }

    /// Name of the session.
    public let session: String
    /// Whether the day was aligned by its condition labels.
    public let usedLabels: Bool
    /// In the order of their numbers of trials, each number once.
    public let points: [Point]

    init(session: String, usedLabels: Bool, points: [Point]) {
        self.session = session
        self.usedLabels = usedLabels
        var byTrials: [Int: Point] = [:]
        for point in points { byTrials[point.trainingTrials] = point }
        self.points = byTrials.values.sorted { $0.trainingTrials < $1.trainingTrials }
    }

    /// All that were measured for a run and still hold, in the order of the sessions' names, and a
    /// sentence about each file that is left out.
    ///
    /// - Throws: errors of the rooms below.
    public static func all(
        ofRun run: String, in registry: SessionRegistry
    ) throws -> (curves: [LearningCurve], leftOut: [String]) {
        let folder = RunFolder(registry.workspace, run: run)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.learningCurves)) ?? []
        var curves: [LearningCurve] = []
        var leftOut: [String] = []
        for name in names.sorted() where name.hasSuffix(".json") {
            let session = String(name.dropLast(".json".count))
            guard let file = LearningCurveFile.read(folder.learningCurve(of: session)),
                file.session == session
            else {
                leftOut.append("learning-curves/\(name) can't be read and is left out.")
                continue
            }
            if try file.holds(run, in: registry) {
                curves += file.curves
            } else {
                leftOut.append(
                    "The learning curve of \(session) was measured on another content of it, or before "
                        + "the run was trained on, and is left out.")
            }
        }
        return (curves, leftOut)
    }
}

/// The curves of one session, with labels and without.
struct LearningCurveFile: Codable, Equatable {
    static let format = "neurostitch-learning-curves"
    static let layoutVersion = 1

    var format = Self.format
    var version = Self.layoutVersion
    let run: String
    /// Of the run, when it was measured.
    let epochsDone: Int
    let session: String
    let contentHash: String
    var curves: [LearningCurve]

    /// `nil` for what is no such file, or of a later version.
    static func read(_ path: String) -> LearningCurveFile? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let data = FileManager.default.contents(atPath: path),
            let file = try? decoder.decode(Self.self, from: data), file.format == format,
            file.version <= layoutVersion, file.curves.allSatisfy({ $0.session == file.session })
        else { return nil }
        return file
    }

    /// - Throws: `ArrayFileError.cannotWrite`
    func write(to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ArrayFileError.cannotWrite(path: path, reason: error.localizedDescription)
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(try encoder.encode(self), to: path)
    }

    /// Whether session and run are still what they were.
    func holds(_ name: String, in registry: SessionRegistry) throws -> Bool {
        guard run == name,
            try registry.sessions(matching: .all).contains(where: {
                $0.name == session && $0.contentHash == contentHash
            })
        else { return false }
        return try Checkpoint.readHeader(RunFolder(registry.workspace, run: name).checkpoint)
            .epochsDone == epochsDone
    }
}

extension ExtendJourney {
    /// Fits a day on its first so many training trials, once for each number, and keeps what came of it
    /// as the run's learning curve for that session. No run is entered.
    ///
    /// - Parameters:
    ///   - parent: the trained run.
    ///   - session: the registered session that is fitted.
    ///   - trials: numbers of trials, in any order; more than the day has means all of them.
    ///   - registry: where both are registered.
    ///   - options: as those of `extend`; its number of trials is not looked at.
    ///   - shouldStop: asked after every epoch; `true` ends everything.
    /// - Returns: one outcome per number, in the order given.
    /// - Throws: as `extend`; nothing is kept then.
    public static func measureLearningCurve(
        run parent: String, by session: String, trials: [Int], in registry: SessionRegistry,
        options: Options, shouldStop: () -> Bool = { false }
    ) throws -> [Outcome] {
        let outcomes = try trials.map { count in
            var options = options
            options.trials = count
            options.stores = false
            return try extend(
                run: parent, by: session, in: registry, options: options, shouldStop: shouldStop)
        }
        func known(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        let curve = LearningCurve(
            session: session, usedLabels: options.usesLabels,
            points: outcomes.map {
                LearningCurve.Point(
                    trainingTrials: $0.trainingTrials,
                    alignedBitsPerSpike: known($0.alignedBitsPerSpike),
                    bitsPerSpike: known($0.bitsPerSpike), epochs: $0.epochs)
            })
        let folder = RunFolder(registry.workspace, run: parent)
        var file = LearningCurveFile(
            run: parent, epochsDone: try Checkpoint.readHeader(folder.checkpoint).epochsDone,
            session: session, contentHash: try registry.session(named: session).contentHash,
            curves: [curve])
        // What was measured the other way stays, as long as it holds.
        if let before = LearningCurveFile.read(folder.learningCurve(of: session)),
            try before.holds(parent, in: registry)
        {
            file.curves += before.curves.filter { $0.usedLabels != curve.usedLabels }
            file.curves.sort { $0.usedLabels && !$1.usedLabels }
        }
        try file.write(to: folder.learningCurve(of: session))
        return outcomes
    }
}
