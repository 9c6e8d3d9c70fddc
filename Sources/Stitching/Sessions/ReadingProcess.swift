import Foundation
public import Messages
import Recordings

/// A process of its own that reads a file from elsewhere: the C libraries for HDF5 and MATLAB can crash, or
/// never come back, on files that are damaged in their inner structure, and must not take a half-done
/// registration with them.
public enum ReadingProcess {
    // MARK: The process that waits

    /// Runs this very program again and waits for it. What it prints goes where this process prints.
    ///
    /// - Parameters:
    ///   - arguments: with which it is run.
    ///   - file: the file that it reads, for the error message.
    /// - Returns: its exit code.
    /// - Throws: `RecordingError.readingDied` if it was ended by a signal; `ReadingProcessError.cannotStart`.
    public static func runThisProgram(_ arguments: [String], reading file: String) throws -> Int32 {
        try requireDescriptors()
        let process = process(URL(fileURLWithPath: ReadingProgram.thisProgram), arguments)
        try start(process)
        return try exitCode(of: process, reading: file)
    }

    /// Runs a program and waits for it.
    ///
    /// - Parameter input: what stands in its standard input.
    /// - Returns: its exit code, and what it wrote to its standard output.
    static func run(
        _ program: URL, _ arguments: [String], input: Data, reading file: String
    ) throws -> (exitCode: Int32, output: Data) {
        try requireDescriptors()
        let process = process(program, arguments)
        let output = Pipe()
        process.standardInput = try unnamedFile(holding: input)
        process.standardOutput = output
        try start(process)
        let written = output.fileHandleForReading.readDataToEndOfFile()
        return (try exitCode(of: process, reading: file), written)
    }

    private static func process(_ program: URL, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        // A crash is reported in one line.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        return process
    }

    private static func start(_ process: Process) throws {
        // Whatever is waiting in buffers would otherwise come after what the other process prints.
        fflush(nil)
        do { try process.run() } catch {
            throw ReadingProcessError.cannotStart(reason: "\(error)")
        }
    }

    private static func exitCode(of process: Process, reading file: String) throws -> Int32 {
        process.waitUntilExit()
        guard process.terminationReason != .uncaughtSignal else {
            throw RecordingError.readingDied(source: file, signal: process.terminationStatus)
        }
        return process.terminationStatus
    }

    /// Foundation starts no process where fewer files may be open.
    private static let fewestOpenFiles: rlim_t = 256

    /// Foundation's pipes and processes trap, hang or fail without a reason where there are too few file descriptors.
    private static func requireDescriptors() throws {
        var limit = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        if getrlimit(kind, &limit) == 0, limit.rlim_cur < fewestOpenFiles {
            let found = limit.rlim_cur
            limit.rlim_cur = min(fewestOpenFiles, limit.rlim_max)
            guard limit.rlim_cur == fewestOpenFiles, setrlimit(kind, &limit) == 0 else {
                throw ReadingProcessError.cannotStart(
                    reason: "it needs \(fewestOpenFiles) open files, and \(found) are allowed (ulimit -n)")
            }
        }
        var held: [Int32] = []
        defer { for descriptor in held { close(descriptor) } }
        for _ in 0..<16 {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw ReadingProcessError.cannotStart(reason: String(cString: strerror(errno)))
            }
            held.append(descriptor)
        }
    }

    /// Not a pipe: who writes to one whose reader has ended is ended too.
    private static func unnamedFile(holding data: Data) throws -> FileHandle {
        guard let file = tmpfile() else {
            throw ReadingProcessError.cannotStart(reason: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        let handle = FileHandle(fileDescriptor: dup(fileno(file)), closeOnDealloc: true)
        do {
            try handle.write(contentsOf: data)
            try handle.seek(toOffset: 0)
        } catch {
            throw ReadingProcessError.cannotStart(reason: "\(error)")
        }
        return handle
    }

    // MARK: The process that reads

    /// Ends this process when the one that started it is gone, which then can't want its result: a Ctrl-C
    /// doesn't reach a process that has a group of its own.
    ///
    /// - Parameters:
    ///   - parent: number of the process that waits.
    ///   - finish: before that, on a thread of its own.
    public static func endWithParent(_ parent: Int32, finish: @escaping @Sendable () -> Void = {}) {
        Thread.detachNewThread {
            while getppid() == parent { usleep(200_000) }
            finish()
            _exit(1)
        }
    }

    /// Bounds memory and processor time of this process by the size of the file that it will read.
    public static func limit(for file: String) {
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

    /// 4 GiB and 64 times the file, which is more than a compressed recording and its copies take.
    static func memoryLimit(fileBytes: UInt64) -> UInt64 { 4 << 30 + 64 * min(fileBytes, 1 << 50) }

    /// A minute, and half a minute for each megabyte, which may hold a thousand when it is compressed; an
    /// hour at most.
    static func secondsLimit(fileBytes: UInt64) -> UInt64 {
        min(60 + 30 * (fileBytes >> 20), 3600)
    }
}

/// Why a process that reads recordings gave neither a recording nor a reason.
public enum ReadingProcessError: ReportedError, Equatable {
    /// `beside`: the folder of the program that runs.
    case noProgram(beside: String)
    case notAProgram(path: String)
    case cannotStart(reason: String)
    case noAnswer(program: String, exitCode: Int32)

    public var category: ErrorCategory {
        switch self {
        case .noProgram, .notAProgram, .noAnswer: .unavailable
        case .cannotStart: .temporary
        }
    }

    public var description: String {
        switch self {
        case .noProgram(let folder):
            "Recordings are read by the program \"\(ReadingProgram.name)\" in a process of its own, but there "
                + "is none in \(folder), where this program is, and none on PATH. Install it, name it, or "
                + "read recordings in this process, which a damaged file may then end."
        case .notAProgram(let path):
            "\(path) is no program that can be run; name the program \"\(ReadingProgram.name)\", which reads "
                + "recordings in a process of its own."
        case .cannotStart(let reason):
            "The process that reads recordings can't be started: \(reason). Are there too many processes "
                + "or open files, or too little memory?"
        case .noAnswer(let program, let exitCode):
            "\(program) was to read a recording, and ended with status \(exitCode) without saying why. It must "
                + "be the program \"\(ReadingProgram.name)\" of this version."
        }
    }
}
