import Foundation
import Messages
import Testing

/// What the compiler doesn't see of the house: folders inside a room are imported in one direction, too.
@Suite("Architecture") struct ArchitectureTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources").standardizedFileURL

    /// A room's Swift files without comments and texts, by their path in the room.
    private static func files(of room: String) throws -> [String: String] {
        let root = sources.appendingPathComponent(room)
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".swift") }.reduce(into: [:]) { result, path in
            result[path] = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
                .replacing(/"""(?s:.*?)"""/, with: "")
                .replacing(/\/\/[^\n]*/, with: "")
                .replacing(/"(?:\\.|[^"\\\n])*"/, with: "")
        }
    }

    /// Folders that use a type of another folder, by that folder, with an example.
    private static func uses(_ files: [String: String]) -> [String: [String: String]] {
        func folder(_ path: String) -> String? {
            path.contains("/") ? path.split(separator: "/").first.map(String.init) : nil
        }
        var owner: [String: String] = [:]
        let declaration =
            /(?m)^(?:public |package |final |indirect )*(?:struct|class|enum|protocol|typealias) (\w+)/
        for (path, text) in files {
            for match in text.matches(of: declaration) { owner[String(match.output.1)] = folder(path) }
        }
        var result: [String: [String: String]] = [:]
        for (path, text) in files {
            guard let own = folder(path) else { continue }
            for match in text.matches(of: /\b[A-Z]\w+/) {
                let name = String(match.output)
                if let other = owner[name], other != own {
                    result[own, default: [:]][other] = "\(path) uses \(name)"
                }
            }
        }
        return result
    }

    @Test(
        "folders of a room use each other in one direction",
        arguments: ["Stitching", "Evaluation", "Report", "ArrayFiles", "neurostitch"])
    func noCircles(room: String) throws {
        let files = try Self.files(of: room)
        #expect(files.count > 10)
        var open = Self.uses(files)
        // Again and again, whoever uses nobody that is left is taken away; what remains is a circle.
        while let free = open.keys.sorted().first(where: { folder in
            (open[folder] ?? [:]).keys.allSatisfy { open[$0] == nil }
        }) { open[free] = nil }
        let circle = open.mapValues { $0.filter { open[$0.key] != nil }.values.sorted() }
        #expect(circle.isEmpty, "\(circle)")
    }

    @Test("in Stitching nothing lies about but the file to begin with")
    func looseFiles() throws {
        #expect(try Self.files(of: "Stitching").keys.filter { !$0.contains("/") } == ["Stitch.swift"])
    }

    @Test("the program calls itself by the newest released version of the CHANGELOG")
    func version() throws {
        let changelog = try String(
            contentsOf: Self.sources.appendingPathComponent("../CHANGELOG.md"), encoding: .utf8)
        let released = try #require(
            changelog.firstMatch(of: /(?m)^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/))
        #expect(neurostitchVersion == released.output.1)
    }
}
