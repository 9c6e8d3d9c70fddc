import Foundation
import Messages

/// How much memory the system lets this process have (`ulimit -v`).
enum MemoryLimit {
    /// More than the mathematics library takes for its threads' buffers, for which it asks again and again for ever where it
    /// doesn't get them.
    private static let fewestBytes = 512 << 20

    /// - Throws: `TooLow`
    static func requireRoom() throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max
        else { return }
        // Addresses count, whether or not there is memory behind them.
        let room = mmap(nil, fewestBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard room != MAP_FAILED else { throw TooLow(bytes: UInt64(limit.rlim_cur)) }
        munmap(room, fewestBytes)
    }

    /// The process may not have as much as it needs before it has done anything.
    struct TooLow: ReportedError, Equatable {
        let bytes: UInt64

        var category: ErrorCategory { .temporary }

        var description: String {
            "this process may take \(bytes >> 20) MB of addresses (ulimit -v), and needs \(fewestBytes >> 20) MB more than it "
                + "begins with; allow 2000 MB or more, or no limit"
        }
    }
}
