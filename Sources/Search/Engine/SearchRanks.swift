import Foundation
import LFADS
public import Ranks
import Registry
import Stitching

/// The processes of a search that Open MPI or Slurm started: rank 0 searches, the others train members for it.
///
/// Rank 0 alone knows the registry and decides; the others read the recordings and read and write members' files, which lie
/// in the run's folder. Whoever is free gets the next member, so that results, which do not depend on it, come as early as
/// they can.
public final class SearchRanks {
    private let job: ParallelJob
    private let isRequestedToStop: @Sendable () -> Bool
    private var others: [Int: Other] = [:]
    private var isStopped = false

    private struct Other {
        var readiness: SearchMessage.Readiness
        /// Threads that have nothing to do.
        var free: Int
    }

    /// Of rank 0.
    ///
    /// - Parameter shouldStop: as of the search.
    public init(_ job: ParallelJob, shouldStop: @escaping @Sendable () -> Bool) {
        self.job = job
        isRequestedToStop = shouldStop
    }

    /// What the processes bring, rank 0 first.
    public struct Strength: Sendable, Equatable {
        /// Threads of each rank.
        public let threads: [Int]
        /// Why the same search could have other bits elsewhere: ranks that compute with other instructions than rank 0, by
        /// the name of the machine.
        public let differing: [String]
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
    /// - Throws: `SearchError.rankFailed`, `RanksError`
    func strength(threads: Int) throws -> Strength? {
        while others.count < job.count - 1 {
            if isRequestedToStop() { return nil }
            guard let message = try job.arrived() else {
                Self.pause()
                continue
            }
            switch message.kind {
            case .ready:
                let readiness: SearchMessage.Readiness = try message.decoded()
                others[message.sender] = Other(readiness: readiness, free: readiness.threads)
            case .failure: throw try SearchError(message)
            default: break
            }
        }
        let ordered = others.sorted { $0.key < $1.key }.map(\.value.readiness)
        let own = StitchedModel.instructionSet
        return Strength(
            threads: [threads] + ordered.map(\.threads),
            differing: Set(ordered.filter { $0.instructionSet != own }.map(\.host)).sorted())
    }

    /// Sends the other ranks home. Whatever happened before, they wait for it.
    public func dismiss() {
        for rank in 1..<max(job.count, 1) { try? job.send(.end, to: rank) }
        job.end()
    }

    /// Long enough to leave the processor to those who train, short beside an epoch.
    static func pause() { usleep(2000) }
}

extension SearchRanks: FarHands {
    var hasRoom: Bool { !isStopped && others.values.contains { $0.free > 0 } }

    func give(_ task: MemberTask, at place: Int) throws {
        // Whoever has most room, so that every rank begins with one; equal ones by their numbers.
        let most = others.max { a, b in
            a.value.free != b.value.free ? a.value.free < b.value.free : a.key > b.key
        }
        guard let (rank, _) = most else { return }
        others[rank]?.free -= 1
        try job.send(.task, SearchMessage.Numbered(place: place, value: task), to: rank)
    }

    func collect() throws -> [(place: Int, result: Result<MemberResult?, any Error>)] {
        if isRequestedToStop(), !isStopped {
            isStopped = true
            for rank in others.keys.sorted() { try job.send(.stop, to: rank) }
        }
        var found: [(Int, Result<MemberResult?, any Error>)] = []
        while let message = try job.arrived() {
            switch message.kind {
            case .result:
                let answer: SearchMessage.Numbered<MemberResult?> = try message.decoded()
                others[message.sender]?.free += 1
                found.append((answer.place, .success(answer.value)))
            case .failure:
                let error = try SearchError(message)
                guard let place = try message.decoded(SearchMessage.Failure.self).place else { throw error }
                others[message.sender]?.free += 1
                found.append((place, .failure(error)))
            default: break
            }
        }
        return found
    }
}

extension SearchError {
    fileprivate init(_ message: ParallelJob.Message) throws {
        let failure: SearchMessage.Failure = try message.decoded()
        self = .rankFailed(
            rank: message.sender, host: failure.host, reason: failure.reason, category: failure.category)
    }
}
