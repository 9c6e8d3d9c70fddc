import Alignment
import LFADS
import Stitching
import Synchronization

/// Trains members, in whatever process and on however many threads.
final class MemberTraining: Sendable {
    private let training: TrainingInParts
    private let objective: SearchPlan.Objective
    private let threads: Int
    /// One for each kind of alignment that members ask for.
    private let alignments = Mutex<[(AlignmentKey, AlignedDays)]>([])

    /// What an alignment depends on beside the days.
    private struct AlignmentKey: Equatable {
        let settings: AlignmentSettings
        let factors: Int
    }

    /// - Parameter threads: that an alignment may take.
    init(_ training: TrainingInParts, _ objective: SearchPlan.Objective, threads: Int) {
        self.training = training
        self.objective = objective
        self.threads = threads
    }

    /// Made once for all members of the same kind; others wait for it.
    func alignment(of settings: StitchSettings) throws -> AlignedDays {
        let key = AlignmentKey(settings: settings.alignment, factors: settings.model.factorCount)
        return try alignments.withLock { known in
            if let found = known.first(where: { $0.0 == key }) { return found.1 }
            let aligned = try StitchJourney.align(training.sessions, settings, threads: threads)
            known.append((key, aligned))
            return aligned
        }
    }

    /// Does a task, on one thread, unless a process that was killed has done it.
    ///
    /// - Returns: `nil` when it was stopped.
    /// - Throws: what isn't the member's own fault: files that can't be read or written.
    func result(of task: MemberTask, shouldStop: () -> Bool) throws -> MemberResult? {
        let settings = try StitchSettings(json: task.settings)
        do {
            let outcome =
                try training.outcome(at: task.path, settings)
                ?? training.train(
                    settings, alignment(of: settings), from: task.source, until: task.epochs,
                    to: task.path, shouldStop: shouldStop)
            return try outcome.map {
                MemberResult(
                    objective: try objective.value($0.epochs, settings.training) {
                        try training.coSmoothing(at: task.path, settings)
                    }, agreement: $0.epochs.last?.agreement)
            }
        } catch let error as LFADSError {
            // A member that diverges is a bad one; others may do.
            return MemberResult(problem: "\(error)")
        }
    }
}
