import ArgumentParser
import Foundation

/// Commands in a registry of many sessions beside the same commands in one of three.
struct RegistryMeasurement: Codable {
    var command: String
    /// Median seconds of the whole process.
    var few: Double
    var many: Double
}

/// Registers synthetic days in two workspaces, trains a small run in each, and times commands.
struct Registry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Times commands in a registry of many sessions.",
        discussion: """
            Takes some seconds per hundred sessions.

            Example:
              neurostitch-benchmark registry --sessions 2000
            """)

    @Option(help: "Sessions of the large registry.")
    var sessions = 2_000

    @Option(help: "Times that every command is run.")
    var repetitions = 7

    @Flag(help: "Write JSON instead of a table.")
    var json = false

    mutating func run() throws {
        guard sessions > 3, repetitions > 0 else {
            throw ValidationError("--sessions takes a number above 3, --repetitions one above 0")
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("neurostitch-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // One day more than either registry holds: it comes last, and is registered again and again.
        let made = try Neurostitch(folder).run([
            "synthesize", "lorenz", "--subject", "Many", "--sessions", "\(sessions + 1)",
            "--conditions", "8", "--trials", "5", "--bins", "20", "--units", "10", "--output",
            "incoming",
        ])
        guard made else { throw BenchmarkError.failed("synthetic days could not be made") }
        let incoming = folder.appendingPathComponent("incoming")
        let manifests = try FileManager.default.contentsOfDirectory(atPath: incoming.path)
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".stitch.yaml") }.sorted()
            .map { incoming.appendingPathComponent($0).path }
        let names = manifests.prefix(3).map {
            URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent
        }
        let stitch = folder.appendingPathComponent("run.stitch.yaml")
        try """
        run: run
        sessions: [\(names.joined(separator: ", "))]
        seed: 1
        alignment: {components: 4}
        model: {fac_dim: 4, gen_dim: 16, ic_enc_dim: 16, ic_dim: 8}
        train: {epochs: 2}
        """.write(to: stitch, atomically: true, encoding: .utf8)

        var workspaces: [Neurostitch] = []
        for count in [3, sessions] {
            let place = folder.appendingPathComponent("\(count)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let program = Neurostitch(place)
            let commands = [["init"], ["register"] + manifests.prefix(count), ["stitch", stitch.path]]
            for command in commands {
                guard try program.run(command) else {
                    throw BenchmarkError.failed("neurostitch \(command[0]) failed")
                }
            }
            workspaces.append(program)
        }
        let last = manifests[manifests.count - 1]
        let commands: [(String, [String])] = [
            ("register (unchanged)", ["register", manifests[0]]), ("sessions", ["sessions"]),
            ("sessions show", ["sessions", "show", names[1]]), ("runs", ["runs"]),
            ("runs show", ["runs", "show", "run"]),
            ("factors", ["factors", "run", names[1], "--output", "factors.h5"]),
            ("evaluate", ["evaluate", "run"]),
        ]
        var measured: [RegistryMeasurement] = []
        // A new day can only be registered once per workspace.
        let new = try workspaces.map { try $0.seconds(["register", last]) }
        measured.append(RegistryMeasurement(command: "register (new)", few: new[0], many: new[1]))
        for (name, arguments) in commands {
            var seconds: [[Double]] = [[], []]
            for _ in 0..<repetitions {
                for (index, program) in workspaces.enumerated() {
                    seconds[index].append(try program.seconds(arguments))
                }
            }
            measured.append(
                RegistryMeasurement(command: name, few: median(seconds[0]), many: median(seconds[1])))
        }
        if json {
            print(String(decoding: try JSONEncoder().encode(measured), as: UTF8.self))
            return
        }
        func milliseconds(_ value: Double) -> String { String(format: "%.1f", value * 1e3) }
        print(
            BenchmarkReport.table(
                "Whole commands, ms", ["command", "3 sessions", "\(sessions) sessions", "more"],
                measured.map {
                    [
                        $0.command, milliseconds($0.few), milliseconds($0.many),
                        milliseconds($0.many - $0.few),
                    ]
                }))
    }
}

/// The program beside this one, in a folder of its own.
private struct Neurostitch {
    let folder: URL

    init(_ folder: URL) { self.folder = folder }

    /// Foundation's `Process` notices an end up to 50 ms late, which is as long as what is measured.
    func run(_ arguments: [String]) throws -> Bool {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("neurostitch").path
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard FileManager.default.changeCurrentDirectoryPath(folder.path) else {
            throw BenchmarkError.failed("\(folder.path) cannot be entered")
        }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        guard posix_spawn(&child, program, &actions, nil, &words, environ) == 0 else {
            throw BenchmarkError.failed(
                "there is no program neurostitch beside this one; build all of the package")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { guard errno == EINTR else { return false } }
        return status == 0
    }

    func seconds(_ arguments: [String]) throws -> Double {
        let start = secondsNow()
        guard try run(arguments) else {
            throw BenchmarkError.failed("neurostitch \(arguments.joined(separator: " ")) failed")
        }
        return secondsNow() - start
    }
}
