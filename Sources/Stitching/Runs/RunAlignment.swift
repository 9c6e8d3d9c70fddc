public import Alignment
public import Foundation
import LFADS
public import Registry

/// The alignment of a run's days once more, for the pictures of it. It is computed from the recordings and the run's
/// settings alone.
public struct RunAlignment {
    /// The run's sessions, in its order.
    public let sessions: [PreparedSession]
    /// The days as aligned to each other; `nil` where the read-ins lead into the space of a model that was there before; the trajectories
    /// that the run keeps stand for it then.
    public let days: AlignedDays?
    /// What days of the run are aligned to; `nil` where no session has labels.
    public let trajectories: SharedTrajectories?
    private let settings: StitchSettings
    /// Conditions in the order in which the aligned days have them; days that joined come after.
    private let list: ConditionList

    /// Aligns the days of a run anew. Days that joined the run after its training take no part in what is shared.
    ///
    /// - Parameters:
    ///   - run: its name.
    ///   - registry: where it is.
    ///   - threads: days that are aligned at once.
    /// - Throws: errors of the rooms below.
    public init(
        run: String, in registry: SessionRegistry,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount
    ) throws {
        settings = try StitchSettings(json: registry.run(named: run).settingsJSON)
        sessions = try registry.prepared(
            registry.sessions(ofRun: run), holdOut: settings.holdOut, threads: threads)
        guard !settings.hasSpaceFromElsewhere else {
            days = nil
            trajectories = try Checkpoint.readTrajectories(
                RunFolder(registry.workspace, run: run).checkpoint)
            list = ConditionList(sessions.map(\.alignable))
            return
        }
        let joined = Set(try JoinedDay.all(ofRun: run, in: registry).map(\.session))
        let trained = sessions.filter { !joined.contains($0.name) }
        let days = try StitchJourney.align(trained, settings, threads: threads)
        self.days = days
        trajectories = days.trajectories
        list = ConditionList(
            (trained + sessions.filter { joined.contains($0.name) }).map(\.alignable))
    }

    /// Dimensions of the shared space.
    public var components: Int { days?.components ?? trajectories?.components ?? 0 }
    /// Bins of the shared trajectories.
    public var binCount: Int { trajectories?.binCount ?? 0 }

    /// Shared trajectories by condition, `[bins, components]`; empty where no session has labels, and where
    /// the days were not aligned here.
    public var shared: [(condition: String, values: [Double])] {
        guard days != nil, let trajectories else { return [] }
        return trajectories.conditions.compactMap { condition in
            trajectories.trajectory(of: condition).map { (condition, $0.values) }
        }
    }

    /// What a session's aligned read-in makes of its own condition averages, beside the shared
    /// trajectories; the conditions that both have.
    public func reconstruction(of session: PreparedSession) -> [(condition: String, values: [Double])] {
        guard let days, let trajectories, let averages = averages(session) else { return [] }
        let aligned = days.days.first { $0.session == session.name }
        guard
            let map =
                aligned?.maps.readIn
                ?? (try? trajectories.regression(of: session.alignable, averages).readIn)
        else { return [] }
        let images = ReadInMap(map, encodedUnits: session.encodedUnitCount)
            .applied(to: averages.seen)
        let size = averages.binCount * images.columns
        return averages.conditions.enumerated().compactMap { index, condition in
            trajectories.conditions.contains(condition)
                ? (condition, Array(images.values[(index * size)..<((index + 1) * size)])) : nil
        }
    }

    private func averages(_ session: PreparedSession) -> ConditionAverages? {
        ConditionAverages(
            session.alignable, list,
            smoothingMilliseconds: settings.alignment.smoothingMilliseconds)
    }
}
