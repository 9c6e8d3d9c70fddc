import Foundation
import TestSupport

/// The built command-line program, run as users run it.
struct Program {
    /// What a finished process left.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// Standard output, which has to be one JSON value.
        func json() throws -> Any {
            try JSONSerialization.jsonObject(
                with: Data(output.utf8), options: [.fragmentsAllowed])
        }
    }

    /// SwiftPM puts the program beside the tests that depend on it.
    static var executable: URL { executable("neurostitch") }

    static func executable(_ name: String) -> URL {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent(name)
    }

    /// A process that goes on; its output goes to files, so that no full pipe can stop it.
    final class Running {
        let process = Process()
        private let scratch: TemporaryFolder
        private let output: URL
        private let errors: URL

        convenience init(_ arguments: [String], in folder: String, program: String = "neurostitch") throws {
            try self.init(Program.executable(program), arguments, in: folder)
        }

        /// - Parameter variables: beside those of this process.
        init(
            _ program: URL, _ arguments: [String], in folder: String, variables: [String: String] = [:]
        ) throws {
            scratch = try TemporaryFolder()
            output = URL(fileURLWithPath: scratch.location("output"))
            errors = URL(fileURLWithPath: scratch.location("errors"))
            for file in [output, errors] { try Data().write(to: file) }
            process.executableURL = program
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: folder)
            process.environment = PageLibrary.environment.merging(variables) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
        }

        func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

        /// Waits; a process that a signal ended has that signal's number as its status.
        func finish() throws -> Outcome {
            process.waitUntilExit()
            defer { scratch.remove() }
            return Outcome(
                status: process.terminationStatus,
                output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
                errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
        }
    }
}
