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
        let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        let limits = limitFiles(groups).compactMap { file in
            (try? String(contentsOfFile: file, encoding: .utf8))
                .flatMap { UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        return limits.reduce(ProcessInfo.processInfo.physicalMemory, min)
    }

    /// Where the limits are written of the control group of a process and of those around it.
    ///
    /// - Parameter groups: what `/proc/self/cgroup` says.
    static func limitFiles(_ groups: String) -> [String] {
        groups.split(separator: "\n").flatMap { line -> [String] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let names = fields[2].split(separator: "/")
            let folders = (0...names.count).map { count in names.prefix(count).map { "/\($0)" }.joined() }
            // The second version has one hierarchy, the first one for each resource.
            if fields[0] == "0", fields[1].isEmpty { return folders.map { "/sys/fs/cgroup\($0)/memory.max" } }
            guard fields[1].split(separator: ",").contains("memory") else { return [] }
            return folders.map { "/sys/fs/cgroup/memory\($0)/memory.limit_in_bytes" }
        }
    }
}
