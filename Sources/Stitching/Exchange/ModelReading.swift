import ArrayFiles
import Foundation
public import Messages
import Registry

/// A model file from elsewhere, read by a process of its own: HDF5 can crash on a damaged one, or never come back. That
/// process writes down what it has read as another model file, which alone is read here; a refusal stands as JSON in
/// the last line of its standard output.
public enum ModelReading {
    static let command = "read-model"

    // MARK: The process that waits

    /// Lets another process read a model file.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - workspace: where there is room for what that process writes.
    ///   - program: `nil` to look for it, see `ReadingPlace`.
    /// - Throws: `ModelFileError` and `ArrayFileError` as the other process met them, `RecordingError.readingDied`,
    ///   `ReadingProcessError`.
    static func model(from path: String, in workspace: Workspace, program: String?) throws -> ModelFile {
        let program = try ReadingProgram.url(named: program)
        OwnedTemporary.removeAbandoned(in: workspace.runsFolder)
        let folder = try OwnedTemporary.folder(in: workspace.runsFolder, for: "model")
        defer { folder.remove() }
        let copy = "\(folder.path)/model.h5"
        let answer = try ReadingProcess.run(
            program, [command, "--parent", "\(getpid())", "--output", copy, "--", path], input: Data(),
            reading: path)
        guard answer.exitCode == 0 else {
            // A library may have printed before.
            guard let line = answer.output.split(separator: UInt8(ascii: "\n")).last,
                let refusal = try? JSONDecoder().decode(Refusal.self, from: line)
            else { throw ReadingProcessError.noAnswer(program: program.path, exitCode: answer.exitCode) }
            throw refusal.error
        }
        return try ModelFile(contentsOf: copy)
    }

    /// Why there is no model.
    private enum Refusal: Codable {
        case model(ModelFileError)
        case file(ArrayFileError)
        case other(ReadingFailure)

        init(_ error: any ReportedError) {
            self =
                switch error {
                case let error as ModelFileError: .model(error)
                case let error as ArrayFileError: .file(error)
                default: .other(ReadingFailure(category: error.category, description: error.description))
                }
        }

        var error: any ReportedError {
            switch self {
            case .model(let error): error
            case .file(let error): error
            case .other(let error): error
            }
        }
    }

    // MARK: The process that reads

    /// Reads a model file and writes down what was read. This process is bounded in memory and time from then on, and
    /// ends when the one that waits is gone.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - output: the model file to write.
    ///   - parent: number of the process that waits.
    /// - Returns: `nil`, or why there is no file, which has been written to the standard output too.
    public static func answer(
        model path: String, output: String, parent: Int32
    ) throws -> (any ReportedError)? {
        ReadingProcess.endWithParent(parent) { RecordingReading.removeAbandonedFolder(of: output) }
        ReadingProcess.limit(for: path)
        do {
            try ModelFile(contentsOf: path).write(to: output)
            return nil
        } catch let error as any ReportedError {
            let refusal = try JSONEncoder().encode(Refusal(error))
            FileHandle.standardOutput.write(Data("\n".utf8) + refusal + Data("\n".utf8))
            return error
        }
    }
}
