import LFADS
public import Ranks
import Registry

/// The processes that train one run together, as rank 0 sees them: it alone has the registry and the run's files, all
/// compute.
///
/// Each has the trials of the sessions that its part of every update meets, and all of the parameters. Rank 0 says
/// what comes next; the others do the same (``TrainingServer``).
public final class TrainingRanks {
    private let job: ParallelJob
    private let threads: Int
    private var isTold = false
    /// Whether another process was asked to stop, by a signal say.
    private(set) var othersAreAskedToStop = false

    /// Of rank 0.
    ///
    /// - Parameter threads: of this process.
    public init(_ job: ParallelJob, threads: Int) {
        self.job = job
        self.threads = threads
    }

    var count: Int { job.count }
    var relay: any Relay { job }

    /// Tells the others what is trained, and waits until they have loaded their days. Whoever is asked to stop in
    /// between does so after the first epoch.
    ///
    /// - Throws: `StitchingError.rankFailed`, `RanksError`.
    func tell(_ run: SharedRun) throws -> RankStrength {
        for rank in 1..<job.count { try job.send(run, to: rank, as: SharedRun.Message.run.rawValue) }
        isTold = true
        let others = try job.readiness(
            ready: SharedRun.Message.ready.rawValue, failed: SharedRun.Message.failure.rawValue,
            shouldStop: { false })
        return RankStrength([RankReadiness(threads: threads)] + (others ?? []))
    }

    /// Says what all processes do next.
    func order(_ order: SharedRun.Order) throws {
        if try job.pass(order, isAskedToStop: false).isAskedToStop { othersAreAskedToStop = true }
    }

    /// Sends the others home. Whatever happened before, they wait for it.
    public func dismiss() {
        if isTold {
            try? order(.leave)
        } else {
            for rank in 1..<max(job.count, 1) {
                try? job.send(SharedRun.Message.end.rawValue, to: rank, as: SharedRun.Message.end.rawValue)
            }
        }
        job.end()
    }
}

extension ParallelJob {
    /// What rank 0 orders goes to all, and that one of them was asked to stop comes back.
    func pass(
        _ order: SharedRun.Order?, isAskedToStop: Bool
    ) throws -> (order: SharedRun.Order?, isAskedToStop: Bool) {
        var bytes: [UInt8] = [order?.rawValue ?? 0, 0]
        try bytes.withUnsafeMutableBufferPointer { bytes in
            try pass([UnsafeMutableRawBufferPointer(bytes)], isPatient: true) { _ in
                if isAskedToStop { bytes[1] = 1 }
            }
        }
        return (SharedRun.Order(rawValue: bytes[0]), bytes[1] != 0)
    }
}
