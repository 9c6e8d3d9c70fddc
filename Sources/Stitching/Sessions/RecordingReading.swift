import Foundation
public import Messages
import Recordings
import Registry

/// A recording read by a process of its own, from what a manifest says to a canonical file: what is asked
/// stands as JSON in the standard input of that process, and a refusal in the last line of its standard
/// output.
public enum RecordingReading {
    static let command = "read-recording"

    // MARK: The process that waits

    /// Lets another process read a recording, and hands out the canonical file that it wrote, complete and on
    /// the disk. What is still there under its temporary name afterwards is removed.
    ///
    /// - Parameter program: `nil` to look for it, see `ReadingPlace`.
    /// - Throws: `ReadingFailure` with the other process's reason, `RecordingError.readingDied`,
    ///   `ReadingProcessError`, `RegistryError.unsuitableSessionName`; whatever `body` throws.
    static func withCanonicalFile<Result>(
        of source: RecordingSource, in workspace: Workspace, program: String?,
        _ body: (_ file: String) throws -> Result
    ) throws -> Result {
        if let problem = FileSafeName.problem(withSession: source.session) {
            throw RegistryError.unsuitableSessionName(source.session, problem: problem)
        }
        let program = try ReadingProgram.url(named: program)
        let name = ".\(source.session).\(getpid()).read.partial"
        let file = "\(workspace.recordingsFolder)/\(name)"
        removeRemainsOfTheDead(in: workspace.recordingsFolder)
        defer { removeRemains(of: file) }
        let answer = try ReadingProcess.run(
            program, [command, "--parent", "\(getpid())", "--output", file],
            input: try coder.encode(source), reading: source.path)
        guard answer.exitCode == 0 else {
            // A library may have printed before.
            guard let line = answer.output.split(separator: UInt8(ascii: "\n")).last,
                let failure = try? JSONDecoder().decode(ReadingFailure.self, from: line)
            else { throw ReadingProcessError.noAnswer(program: program.path, exitCode: answer.exitCode) }
            throw failure
        }
        return try body(file)
    }

    /// What registrations left that were killed together with the process that read for them.
    private static func removeRemainsOfTheDead(in folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard let match = name.firstMatch(of: /^\..*\.([0-9]+)\.read\.partial/),
                let process = Int32(match.1), kill(process, 0) != 0, errno == ESRCH
            else { continue }
            unlink("\(folder)/\(name)")
        }
    }

    /// The file, and what a process that was ended while writing it left beside it.
    private static func removeRemains(of file: String) {
        let url = URL(fileURLWithPath: file)
        let folder = url.deletingLastPathComponent().path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasPrefix(url.lastPathComponent) { unlink("\(folder)/\(name)") }
    }

    // MARK: The process that reads

    /// Reads the recording that the standard input describes and writes its canonical file. This process is
    /// bounded in memory and time from then on, and ends when the one that waits is gone.
    ///
    /// - Parameters:
    ///   - output: the canonical file.
    ///   - parent: number of the process that waits.
    /// - Returns: `nil`, or why there is no file, which has been written to the standard output too.
    /// - Throws: `DecodingError` where the standard input holds no description of a recording.
    public static func answer(output: String, parent: Int32) throws -> ReadingFailure? {
        ReadingProcess.endWithParent(parent) { removeRemains(of: output) }
        let source = try decoder.decode(
            RecordingSource.self, from: FileHandle.standardInput.readDataToEndOfFile())
        ReadingProcess.limit(for: source.path)
        do {
            try RecordingFile.write(Recording.read(source), to: output)
            return nil
        } catch let error as any ReportedError {
            let failure = ReadingFailure(category: error.category, description: error.description)
            FileHandle.standardOutput.write(Data("\n".utf8) + (try JSONEncoder().encode(failure)))
            return failure
        }
    }

    private static var coder: JSONEncoder {
        let coder = JSONEncoder()
        coder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return coder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}

/// Why a process of its own couldn't read a recording, in the words of the error that it met.
public struct ReadingFailure: ReportedError, Equatable, Codable {
    /// Category of the error that the other process met.
    public let category: ErrorCategory
    /// Its words.
    public let description: String
}
