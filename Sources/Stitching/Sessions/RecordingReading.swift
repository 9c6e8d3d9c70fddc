import ArrayFiles
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
    /// the disk. What is still there afterwards is removed.
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
        let folder = try workplace(for: source.session, in: workspace)
        defer { folder.remove() }
        let file = "\(folder.path)/day.h5"
        let answer = try ReadingProcess.run(
            program, [command, "--parent", "\(getpid())", "--output", file],
            input: try JSONEncoder.withNonFiniteNumbers.encode(source), reading: source.path)
        guard answer.exitCode == 0 else {
            // A library may have printed before.
            guard let line = answer.output.split(separator: UInt8(ascii: "\n")).last,
                let failure = try? JSONDecoder().decode(ReadingFailure.self, from: line)
            else { throw ReadingProcessError.noAnswer(program: program.path, exitCode: answer.exitCode) }
            throw failure
        }
        return try body(file)
    }

    /// A folder for a canonical file on its way, among those that are registered, which belongs to this process. What
    /// registrations left there that were killed is removed.
    ///
    /// - Throws: `ArrayFileError.cannotWrite`
    static func workplace(for session: String, in workspace: Workspace) throws -> OwnedTemporary {
        OwnedTemporary.removeAbandoned(in: workspace.recordingsFolder)
        return try OwnedTemporary.folder(in: workspace.recordingsFolder, for: session)
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
        ReadingProcess.endWithParent(parent) { removeAbandonedFolder(of: output) }
        let source = try JSONDecoder.withNonFiniteNumbers.decode(
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

    /// The folder that a file was to come into, if it belonged to the process that is gone.
    static func removeAbandonedFolder(of output: String) {
        let folder = URL(fileURLWithPath: output).deletingLastPathComponent()
        OwnedTemporary.removeAbandoned(in: folder.deletingLastPathComponent().path) {
            $0 == folder.lastPathComponent
        }
    }
}

/// Why a process of its own couldn't read a recording, in the words of the error that it met.
public struct ReadingFailure: ReportedError, Equatable, Codable {
    /// Category of the error that the other process met.
    public let category: ErrorCategory
    /// Its words.
    public let description: String
}
