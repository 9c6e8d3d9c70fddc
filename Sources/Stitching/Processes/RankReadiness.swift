import Foundation
import LFADS
package import Ranks

/// What a process says of itself when it has loaded the days that it works on.
package struct RankReadiness: Sendable, Codable, Equatable {
    /// Name of its machine.
    package let host: String
    package let threads: Int
    /// Of which results depend in their last bits.
    package let instructionSet: String

    /// Of this process.
    package init(threads: Int) {
        host = Self.host
        self.threads = threads
        instructionSet = StitchedModel.instructionSet
    }

    package static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "an unnamed machine" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What the processes of a job bring, rank 0 first.
public struct RankStrength: Sendable, Equatable {
    /// Threads of each rank.
    public let threads: [Int]
    /// Why the same work could have other bits elsewhere: ranks that compute with other instructions than rank 0, by
    /// the name of the machine.
    public let differing: [String]

    /// - Parameter readiness: of rank 0 and of the others, in their order.
    package init(_ readiness: [RankReadiness]) {
        threads = readiness.map(\.threads)
        let own = readiness.first?.instructionSet
        differing = Set(readiness.filter { $0.instructionSet != own }.map(\.host)).sorted()
    }
}

extension ParallelJob {
    /// Waits until all other ranks have said that they are ready, or what keeps them from it.
    ///
    /// - Parameters:
    ///   - ready: what kind of message says so. [`RankReadiness`]
    ///   - failed: what kind of message says the contrary. [`RankFailure`]
    ///   - shouldStop: asked while there is none.
    /// - Returns: of ranks 1, 2, …; `nil` when it was stopped.
    /// - Throws: `StitchingError.rankFailed`, `RanksError`.
    package func readiness(
        ready: Int, failed: Int, shouldStop: () -> Bool
    ) throws -> [RankReadiness]? {
        var others: [Int: RankReadiness] = [:]
        while others.count < count - 1 {
            if shouldStop() { return nil }
            guard let message = try arrived() else {
                Self.pause()
                continue
            }
            switch message.tag {
            case ready: others[message.sender] = try message.decoded()
            case failed: throw try StitchingError(message)
            default: break
            }
        }
        return others.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Long enough to leave the processor to those who work, short beside an epoch.
    package static func pause() { usleep(2000) }

    package func send(_ content: some Encodable, to rank: Int, as tag: Int) throws {
        try send(JSONEncoder().encode(content), to: rank, as: tag)
    }
}

extension ParallelJob.Message {
    package func decoded<Content: Decodable>(_: Content.Type = Content.self) throws -> Content {
        try JSONDecoder().decode(Content.self, from: content)
    }
}
