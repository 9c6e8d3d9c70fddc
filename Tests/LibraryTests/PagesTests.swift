import Foundation
import Testing

/// The Swift on the documentation's pages is Swift that the compiler has seen.
@Suite("Pages of the library's documentation") struct PagesTests {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static func pages() throws -> [String: String] {
        let sources = tests.appendingPathComponent("../../Sources").standardizedFileURL
        let paths = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.contains(".docc/") && $0.hasSuffix(".md") }
            .reduce(into: [:]) { result, path in
                result[path] = try String(contentsOf: sources.appendingPathComponent(path), encoding: .utf8)
            }
    }

    @Test("every piece of Swift stands in Pages.swift")
    func snippets() throws {
        // The formatter breaks lines elsewhere where they stand deeper.
        func packed(_ text: some StringProtocol) -> String { String(text.filter { !$0.isWhitespace }) }
        let compiled = packed(
            try String(contentsOf: Self.tests.appendingPathComponent("Pages.swift"), encoding: .utf8))
        var count = 0
        for (path, page) in try Self.pages() {
            for match in page.matches(of: /(?m)^```swift[^\n]*\n((?s:.*?))^```/) {
                let code = match.output.1.replacing(/(?m)^import Neurostitch$/, with: "")
                let isThere = compiled.contains(packed(code))
                #expect(isThere, "\(path): \(code)")
                count += 1
            }
        }
        #expect(count > 30)
    }
}
