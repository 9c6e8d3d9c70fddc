import Foundation
import Messages
import Recordings

/// Reads files from elsewhere in a process of its own: the C libraries for HDF5 and MATLAB can crash, or
/// never come back, on files that are damaged in their inner structure, and must not take a half-done
/// registration with them.
enum SeparateProcess {
    /// Runs this program again and waits for it. What it prints goes where this process prints.
    ///
    /// - Parameter file: the file that it reads, for the error message.
    /// - Throws: `RecordingError.readingDied` if it was ended by a signal; `ExitCode` with its own exit code
    ///   if it failed, having said why.
    static func run(_ arguments: [String], reading file: String) throws {
        // Whatever is waiting in buffers would otherwise come after what the other process prints.
        fflush(nil)
        let process = Process()
        // The very program that runs now, even if its file has been replaced meanwhile.
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        // A crash is reported in one line.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        do { try process.run() } catch {
            throw SeparateProcessError.cannotStart(reason: "\(error)")
        }
        process.waitUntilExit()
        switch process.terminationReason {
        case .uncaughtSignal:
            throw RecordingError.readingDied(source: file, signal: process.terminationStatus)
        default:
            if process.terminationStatus != 0 { throw FailedReading(code: process.terminationStatus) }
        }
    }

    /// 4 GiB and 64 times the file, which is more than a compressed recording and its copies take.
    static func memoryLimit(fileBytes: UInt64) -> UInt64 { 4 << 30 + 64 * min(fileBytes, 1 << 50) }

    /// A minute, and half a minute for each megabyte, which may hold a thousand when it is compressed; an
    /// hour at most.
    static func secondsLimit(fileBytes: UInt64) -> UInt64 {
        min(60 + 30 * (fileBytes >> 20), 3600)
    }

    /// Ends this process when the one that started it is gone, which then can't want its result: a Ctrl-C
    /// doesn't reach a process that has a group of its own.
    ///
    /// - Parameter finish: before that, on a thread of its own.
    static func endWithParent(_ parent: Int32, finish: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            while getppid() == parent { usleep(200_000) }
            finish()
            _exit(1)
        }
    }

    /// Bounds memory and processor time of this process by the size of the file that it will read.
    static func limit(for file: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        let bytes = (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
        // Whoever started this process may have had the signals blocked that end it.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGXCPU)
        sigprocmask(SIG_UNBLOCK, &signals, nil)
        let seconds = secondsLimit(fileBytes: bytes)
        let memory = memoryLimit(fileBytes: bytes)
        for (resource, soft, hard) in [
            // At the hard limit the kernel itself ends the process.
            (RLIMIT_CPU, seconds, seconds + 2), (RLIMIT_AS, memory, memory),
            // A crash that is expected needs no core file.
            (RLIMIT_CORE, 0, 0),
        ] {
            var limit = rlimit()
            let kind = __rlimit_resource_t(resource.rawValue)
            guard getrlimit(kind, &limit) == 0 else { continue }
            limit = rlimit(
                rlim_cur: min(rlim_t(soft), limit.rlim_max), rlim_max: min(rlim_t(hard), limit.rlim_max))
            _ = setrlimit(kind, &limit)
        }
    }
}

/// The other process has said what is wrong; this one ends with the same code.
struct FailedReading: Error {
    let code: Int32
}

enum SeparateProcessError: ReportedError {
    case cannotStart(reason: String)

    var category: ErrorCategory { .temporary }

    var description: String {
        switch self {
        case .cannotStart(let reason):
            "The process that reads recordings can't be started: \(reason). Are there too many processes, "
                + "or too little memory?"
        }
    }
}
