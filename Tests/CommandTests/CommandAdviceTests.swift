import Alignment
import Evaluation
import Foundation
import Registry
import Stitching
import Testing

@testable import neurostitch

/// Who names options and commands: the command line, and nobody below it.
@Suite("Advice at the terminal") struct CommandAdviceTests {
    @Test("what a description advises in general words has its option at the terminal")
    func options() {
        let advice: [(String?, String)] = [
            (CommandAdvice.advice(for: RegistryError.noRegistry(workspace: "w")), "--workspace"),
            (
                CommandAdvice.advice(
                    for: RegistryError.contentDiffers(
                        session: "s", revision: 4, registered: "a", offered: "b")), "revision 5"
            ),
            (CommandAdvice.advice(for: RegistryError.runExists("r", status: .running)), "--resume"),
            (CommandAdvice.advice(for: StitchingError.noSingles(run: "r")), "--single"),
            (CommandAdvice.advice(for: StitchingError.importedRun("r")), "--start-from r"),
            (CommandAdvice.advice(for: StitchingError.unknownFactorFormat(path: "p")), "--format"),
            (
                CommandAdvice.advice(
                    for: AlignmentError.nothingInCommon(session: "s", isContinuous: false)),
                "--without-labels"
            ),
            (
                CommandAdvice.advice(for: ModelFileError.sessionsNotNamed(path: "p", count: 2)),
                "--sessions"
            ),
            (
                CommandAdvice.advice(
                    for: EvaluationError.historyTooLong(session: "s", bins: 3, needed: 5)), "--lag-ms"
            ),
            (
                CommandAdvice.advice(
                    for: EvaluationError.tooManyUnits(session: "s", asked: 3, encoded: 2)), "--units"
            ),
        ]
        for (text, words) in advice {
            #expect(text?.contains(words) == true, "\(words) is missing from \(text ?? "nothing")")
        }
        #expect(CommandAdvice.advice(for: RegistryError.runExists("r", status: .finished)) == nil)
        #expect(
            CommandAdvice.advice(for: StitchingError.runNotTrained(run: "r", status: "finished")) == nil)
    }

    /// Sources of all rooms below the command line that declare errors.
    static let errors: [String] = {
        let sources = DocumentationFile.root.appending(path: "Sources")
        let paths = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("neurostitch") }.filter {
            (try? String(contentsOf: sources.appending(path: $0), encoding: .utf8))?
                .contains(/: ReportedError\b[\s\S]*var description: String \{/) == true
        }.sorted()
    }()

    @Test("no description of an error below the command line names an option or a command", arguments: errors)
    func words(_ path: String) throws {
        let text = try String(
            contentsOf: DocumentationFile.root.appending(path: "Sources/\(path)"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.contains("var description: String {") }, "\(path)")
        let indentation = lines[start].prefix { $0 == " " }
        let end = try #require(lines[start...].firstIndex { $0 == indentation + "}" }, "\(path)")
        #expect(end > start)
        for line in lines[start..<end] {
            #expect(!line.contains(/[\s"`(]--[a-z]/), "\(path): \(line)")
            #expect(!line.contains(/[`"]neurostitch [a-z]/), "\(path): \(line)")
        }
    }

    @Test("every room that throws is looked at")
    func everyRoom() {
        let rooms = Set(Self.errors.compactMap { $0.split(separator: "/").first })
        #expect(
            rooms.isSuperset(of: ["Alignment", "Registry", "Recordings", "Stitching", "Evaluation", "Report"])
        )
    }
}
