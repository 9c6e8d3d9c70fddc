import Foundation

/// The program `neurostitch`, which reads recordings for others in a process of its own.
enum ReadingProgram {
    static let name = "neurostitch"

    /// - Parameters:
    ///   - path: the program that a caller names; `nil` to look for it.
    ///   - running: the program that runs now.
    ///   - searched: folders, as in `PATH`.
    /// - Throws: `ReadingProcessError.notAProgram`, `.noProgram`
    static func url(
        named path: String?, running: String = runningProgram,
        searched: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
    ) throws -> URL {
        if let path {
            guard isProgram(path) else { throw ReadingProcessError.notAProgram(path: path) }
            return URL(fileURLWithPath: path)
        }
        // Even if its file has been replaced meanwhile.
        if (running as NSString).lastPathComponent == name { return URL(fileURLWithPath: thisProgram) }
        let folder = (running as NSString).deletingLastPathComponent
        for folder in [folder] + searched.split(separator: ":").map(String.init) {
            let path = "\(folder)/\(name)"
            if isProgram(path) { return URL(fileURLWithPath: path) }
        }
        throw ReadingProcessError.noProgram(beside: folder)
    }

    /// Runs what runs now.
    static let thisProgram = "/proc/self/exe"

    private static var runningProgram: String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: thisProgram)) ?? ""
        // What the kernel says of a program whose file has been replaced.
        let replaced = " (deleted)"
        return path.hasSuffix(replaced) ? String(path.dropLast(replaced.count)) : path
    }

    private static func isProgram(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}
