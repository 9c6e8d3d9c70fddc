import Foundation
import Yams

/// One YAML file that is read strictly: every key has to be known, every value of the right type.
///
/// ```swift
/// let manifest = try ManifestDocument(contentsOf: "manifests/jango.stitch.yaml").root
/// let run = try manifest.required("run").text()
/// let seed = try manifest.optional("seed")?.integer(in: 0...) ?? 0
/// try manifest.finish()  // throws if there is a key that nobody asked for
/// ```
public struct ManifestDocument {
    /// As it was given; error messages begin with it.
    public let path: String
    /// The keys and values of the whole file.
    public let root: ManifestMapping

    /// Reads the YAML of a file.
    /// - Throws: `ManifestError` if the file can't be read or is not a YAML mapping.
    public init(contentsOf path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw ManifestError.unreadable(path: path, reason: Self.reason(error, path: path))
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ManifestError.unreadable(path: path, reason: "it is not UTF-8 text")
        }
        try self.init(text: text, path: path)
    }

    /// Reads YAML.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: where it comes from; relative paths within it are relative to this file's folder.
    public init(text: String, path: String) throws {
        self.path = path
        let node = try Self.compose(text, path: path)
        guard let node, !ManifestValue.isNothing(node) else { throw ManifestError.empty(path: path) }
        guard case .mapping(let mapping) = node else {
            throw ManifestError.notMapping(
                path: path, line: node.mark?.line ?? 1, found: ManifestValue.description(of: node))
        }
        root = try ManifestMapping(
            mapping, key: "", ledger: ManifestLedger(path: path))
    }

    private static func compose(_ text: String, path: String) throws -> Node? {
        func broken(_ line: Int?, _ problem: String) -> ManifestError {
            .notYAML(path: path, line: line, problem: problem)
        }
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            switch error {
            case .scanner(let context, let problem, let mark, _),
                .parser(let context, let problem, let mark, _):
                let start = context.map { " \($0.text) from line \($0.mark.line)" } ?? ""
                throw broken(mark.line, problem + start)
            case .composer(_, let problem, let mark, _):
                throw broken(mark.line, problem)
            case .reader(let problem, let offset, _, _):
                let line = offset.map { text.prefix($0).reduce(1) { $1.isNewline ? $0 + 1 : $0 } }
                throw broken(line, problem)
            case .duplicatedKeysInMapping(let duplicates, let context):
                throw ManifestError.duplicateKey(
                    path: path, line: context.mark.line, key: duplicates.first ?? "")
            default:
                throw broken(nil, "\(error)")
            }
        }
    }

    private static func reason(_ error: any Error, path: String) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "there is no such file"
        }
        if isFolder.boolValue { return "it is a folder" }
        if !FileManager.default.isReadableFile(atPath: path) { return "permission is denied" }
        return error.localizedDescription
    }
}
