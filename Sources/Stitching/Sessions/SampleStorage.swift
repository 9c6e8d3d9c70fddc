import Foundation
import Registry

/// Whether the recordings of a run fit into memory.
enum SampleStorage {
    /// Counts that take more than this share of the memory are kept in a file: the rest is for what is made of them.
    private static let share = 0.4

    /// Whether the values of some sessions can be kept in memory.
    ///
    /// - Parameters:
    ///   - records: the sessions.
    ///   - memory: bytes that there are.
    static func fits(_ records: [SessionRecord], in memory: UInt64) -> Bool {
        let bytes = records.reduce(0.0) { sum, record in
            let values = Double(record.trialCount) * Double(record.binCount) * Double(record.unitCount)
            return sum + values * (record.signal == .counts ? 1 : 4)
        }
        return bytes <= share * Double(memory)
    }

    /// Bytes of memory that this process may use: what the machine has, or what a job of a cluster or a container was
    /// given.
    static var memoryOfThisMachine: UInt64 {
        let limit = (try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8))
            .flatMap { UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        return min(ProcessInfo.processInfo.physicalMemory, limit ?? .max)
    }
}
