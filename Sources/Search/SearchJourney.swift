public import Alignment
import ArrayFiles
public import Foundation
import LFADS
import Messages
public import Registry
public import Stitching

/// Settings that find themselves: a population of models is trained side by side, and the best of them becomes the run.
public enum SearchJourney {
    /// What a search tells its caller while it goes on.
    public enum Event: Sendable {
        /// Sessions are loaded, the manifest's own settings resolved. Members' files take at most so much room, if all are
        /// as large as the first one's: of two generations while one is in work.
        case prepared(
            settings: StitchSettings, sessions: [SessionRecord], plan: SearchPlan, fileBytes: Int)
        /// Settings that follow from the recordings, and why.
        case settingsFromData(SettingsFromData)
        /// Other processes have loaded the days, too.
        case ranks(RankStrength)
        /// The days are in one space, as the first member begins.
        case aligned(AlignedDays)
        /// The search goes on after a generation.
        case resumed(generations: Int)
        /// A member is done with a generation.
        case member(SearchMember, generation: Int, done: Int, of: Int)
        /// A generation is complete; `next` is who trains in the next one.
        case generation(SearchGeneration, next: [SearchMember], secondsLeft: Double)
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// Name of the run.
        public let run: String
        /// Whether the search is done; otherwise it can be resumed.
        public let isFinished: Bool
        /// Complete generations, the first one first.
        public let generations: [SearchGeneration]
        /// The member that became the run.
        public let winner: SearchMember?
        /// Bits per spike of the winner and of the manifest's own settings; `nil` without spikes.
        public let comparison: Comparison?
        /// Epochs of all members together.
        public let epochs: Int
        /// How long it took.
        public let seconds: Double
    }

    /// The winner beside the member that was trained as the manifest says.
    public struct Comparison: Sendable, Equatable, Codable {
        /// The part of the split that figures are of.
        public enum Part: String, Sendable, Codable { case test, valid }
        /// Test trials, where every day has some: no decision has seen them.
        public let part: Part
        /// Names of the days, in the run's order.
        public let sessions: [String]
        /// Bits per spike of each day.
        public let winner: [Double]
        /// The same of the first member.
        public let manifest: [Double]
    }

    /// Searches for the run that a manifest describes, or goes on with it.
    ///
    /// - Parameters:
    ///   - manifest: what is wanted.
    ///   - registry: where the sessions are registered, and the run is entered.
    ///   - threads: members that are trained at once; results do not depend on it.
    ///   - resume: whether an interrupted search goes on.
    ///   - ranks: other processes that train members as well.
    ///   - report: is told what goes on; called on the caller's thread.
    ///   - shouldStop: asked by every thread after every epoch; `true` leaves the generation in work as it is.
    /// - Throws: errors of every room below, and `SearchError`.
    public static func search(
        _ manifest: SearchManifest, in registry: SessionRegistry,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, resume: Bool = false,
        ranks: SearchRanks? = nil, report: (Event) -> Void = { _ in },
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) throws -> Outcome {
        let stitch = manifest.stitch
        var plan = manifest.plan
        let name = stitch.run
        if stitch.restarts > 1 {
            throw SearchError.doesNotSearch(
                key: "restarts",
                reason: "members begin from seeds of their own; search `seed` if more is wanted")
        }
        if stitch.startFrom != nil {
            throw SearchError.doesNotSearch(key: "start_from", reason: "members begin from an alignment")
        }
        guard !plan.space.isEmpty else { throw SearchError.emptySpace }
        guard plan.members > 1 else {
            throw SearchError.tooSmall(what: "one member", expected: "two or more")
        }
        let records: [SessionRecord]
        var stored: StitchSettings?
        if resume {
            let run = try registry.run(named: name)
            guard try registry.search(ofRun: name) != nil else { throw SearchError.noSearch(run: name) }
            guard run.status != .finished else {
                // The process may have died between the run and its members' files.
                PopulationFile(RunFolder(registry.workspace, run: name)).removeMembers()
                throw RegistryError.runFinished(name, at: run.finishedAt ?? "an unknown time")
            }
            records = try registry.sessions(ofRun: name)
            stored = try StitchSettings(json: run.settingsJSON)
        } else {
            try RunFolder.requireFree(name, in: registry)
            records = try registry.sessions(matching: stitch.sessions)
        }
        let sessions = try registry.prepared(records, holdOut: stitch.holdOut, threads: threads)
        plan = try plan.resolved(
            trainingTrials: sessions.reduce(0) { $0 + $1.trainingTrials.count },
            areCounts: stitch.model.observation == .poisson,
            hasHeldOutUnits: sessions.contains { $0.encodedUnitCount < $0.trials.unitCount })
        var chosen: SettingsFromData?
        let settings = try StitchSettings(
            stitch, sessions, resuming: stored, threads: threads, report: { chosen = $0 })
        let folder = RunFolder(registry.workspace, run: name)
        let file = PopulationFile(folder)
        let training = TrainingInParts(name, records, sessions, settings)
        let population = try Population(
            training, stitch, settings, plan, file, threads: threads, ranks: ranks)
        report(
            .prepared(
                settings: settings, sessions: records, plan: plan,
                fileBytes: 2 * plan.members * training.fileBytes(settings)))
        if let chosen { report(.settingsFromData(chosen)) }
        // Others load the days while these are aligned.
        try ranks?.tell(
            SearchMessage.Days(
                run: name, workspace: registry.workspace.path, records: records,
                settings: try settings.json(), objective: plan.objective ?? .likelihood))
        report(.aligned(try population.alignment(of: settings)))
        if let strength = try ranks?.strength(threads: threads) { report(.ranks(strength)) }
        if resume { try folder.lock() } else { try folder.lockForNewRun(in: registry) }
        file.removeRemains()
        if resume {
            guard stored == settings else { throw SearchError.planDiffers(run: name) }
            try population.takeUp()
            _ = try registry.resumeRun(name)
            report(.resumed(generations: population.content.generations.count))
        } else {
            try population.begin()
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            try registry.beginSearch(
                name, planJSON: String(decoding: try encoder.encode(plan), as: UTF8.self),
                seed: Int(settings.seed), settingsJSON: try settings.json(), version: neurostitchVersion,
                sessions: records)
        }
        do {
            return try population.run(
                in: registry, threads: threads, report: report, shouldStop: shouldStop)
        } catch {
            // What went wrong matters more than that it could not be entered (a full disk, say).
            _ = try? registry.finishRun(name, as: .failed, message: "\(error)")
            throw error
        }
    }
}
