import Foundation
import LinearAlgebra
public import Ranks
import Stitching

/// The processes of a search that Open MPI or Slurm started: rank 0 searches, the others train members for it.
///
/// Rank 0 alone knows the registry and decides; the others read the recordings and read and write members' files, which lie
/// in the run's folder. Whoever is free gets the next member, so that results, which do not depend on it, come as early as
/// they can.
public final class SearchRanks {
    private let job: ParallelJob
    private let isRequestedToStop: @Sendable () -> Bool
    /// Threads that have nothing to do, by rank.
    private var free: [Int: Int] = [:]
    private var isStopped = false

    /// Of rank 0.
    ///
    /// - Parameter shouldStop: as of the search.
    public init(_ job: ParallelJob, shouldStop: @escaping @Sendable () -> Bool) {
        self.job = job
        isRequestedToStop = shouldStop
    }

    /// Tells the other ranks of the days, which they begin to load.
    /// - Throws: `RanksError`
    func tell(_ days: SearchMessage.Days) throws {
        for rank in 1..<job.count { try job.send(.days, days, to: rank) }
    }

    /// Waits until the other ranks have loaded the days.
    ///
    /// - Parameter threads: those of rank 0.
    /// - Returns: `nil` when it was stopped.
    /// - Throws: `StitchingError.rankFailed`, `RanksError`
    func strength(threads: Int) throws -> RankStrength? {
        guard
            let ready = try job.readiness(
                ready: SearchMessage.ready.rawValue, failed: SearchMessage.failure.rawValue,
                shouldStop: isRequestedToStop)
        else { return nil }
        for (index, other) in ready.enumerated() { free[index + 1] = other.threads }
        return RankStrength([RankReadiness(threads: threads)] + ready)
    }

    /// Sends the other ranks home. Whatever happened before, they wait for it.
    public func dismiss() {
        for rank in 1..<max(job.count, 1) { try? job.send(.end, to: rank) }
        job.end()
    }
}

extension SearchRanks: FarHands {
    var hasRoom: Bool { !isStopped && free.values.contains { $0 > 0 } }

    func give(_ task: MemberTask, at place: Int) throws {
        // Whoever has most room, so that every rank begins with one; equal ones by their numbers.
        let most = free.max { a, b in a.value != b.value ? a.value < b.value : a.key > b.key }
        guard let (rank, _) = most else { return }
        free[rank, default: 0] -= 1
        try job.send(.task, SearchMessage.Numbered(place: place, value: task), to: rank)
    }

    func collect() throws -> [(place: Int, result: Result<MemberResult?, any Error>)] {
        if isRequestedToStop(), !isStopped {
            isStopped = true
            for rank in free.keys.sorted() { try job.send(.stop, to: rank) }
        }
        var found: [(Int, Result<MemberResult?, any Error>)] = []
        while let message = try job.arrived() {
            switch message.kind {
            case .result:
                let answer: SearchMessage.Numbered<MemberResult?> = try message.decoded()
                free[message.sender, default: 0] += 1
                found.append((answer.place, .success(answer.value)))
            case .failure:
                let error = try StitchingError(message)
                guard let place = try message.decoded(RankFailure.self).place else { throw error }
                free[message.sender, default: 0] += 1
                found.append((place, .failure(error)))
            default: break
            }
        }
        return found
    }
}
