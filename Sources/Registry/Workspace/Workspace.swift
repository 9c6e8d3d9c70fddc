import Foundation

/// The folder that holds everything neurostitch knows: registry, recordings and runs.
public struct Workspace: Sendable, Hashable {
    /// As it was given, so that messages say what the user typed.
    public let path: String

    /// The workspace at a path, which need not be there yet.
    public init(_ path: String) { self.path = path }

    /// The database.
    public var registryFile: String { location(of: "registry.sqlite") }
    /// Canonical recordings.
    public var recordingsFolder: String { location(of: "recordings") }
    /// A folder for each run.
    public var runsFolder: String { location(of: "runs") }

    /// The folder of a run.
    public func runFolder(_ run: String) -> String { location(of: "runs/\(run)") }

    /// The path of a file that the registry names relative to the workspace.
    public func location(of file: String) -> String {
        path.hasSuffix("/") ? path + file : "\(path)/\(file)"
    }

    /// Where the canonical file of a session belongs, relative to the workspace.
    /// - Parameter revision: counted from 1; later ones have it in their name.
    static func recordingFile(session: String, revision: Int) -> String {
        revision == 1 ? "recordings/\(session).h5" : "recordings/\(session).r\(revision).h5"
    }

    func createFolders() throws {
        for folder in [path, recordingsFolder, runsFolder] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw RegistryError.cannotCreate(
                    path: folder, reason: Self.reason(against: folder, error))
            }
        }
    }

    private static func reason(against folder: String, _ error: any Error) -> String {
        // A file may stand in the way at any level of the path.
        var ancestor = folder
        while !ancestor.isEmpty, ancestor != "/" {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: ancestor, isDirectory: &isFolder) {
                if !isFolder.boolValue { return "\(ancestor) is a file" }
                if !FileManager.default.isWritableFile(atPath: ancestor) {
                    return "\(ancestor) is not writable"
                }
                break
            }
            ancestor = (ancestor as NSString).deletingLastPathComponent
        }
        return error.localizedDescription
    }
}
