import ArgumentParser
import Foundation
import Recordings
import Stitching

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a recording file offers, and a manifest to start from.",
        discussion: """
            Lists units, tables of trials with example values, time series or arrays, and prints a manifest \
            in which "_" stands for what the file can't say and has to be filled in. It names the file by its \
            whole path. --manifest prints the manifest alone. A file of which nothing can be registered is \
            listed, and the command ends as "register" would.

            Example:
              neurostitch inspect jenkins.nwb
              neurostitch inspect jenkins.nwb --manifest > manifests/jenkins.yaml
            """)

    @Argument(help: "The file.")
    var file: String

    @Flag(name: .long, help: "Print only the manifest.")
    var manifest = false

    @Flag(name: .long, help: "Print JSON for machines instead of a table for people.")
    var json = false

    /// Set by the command itself when it runs again in a process of its own.
    @Flag(name: .long, help: .hidden)
    var inThisProcess = false

    func run() throws {
        guard inThisProcess else {
            let exitCode = try ReadingProcess.runThisProgram(
                ["inspect", "--in-this-process"] + (manifest ? ["--manifest"] : [])
                    + (json ? ["--json"] : []) + ["--", file], reading: file)
            // The other process has said what is wrong.
            if exitCode != 0 { throw ExitCode(exitCode) }
            return
        }
        ReadingProcess.endWithParent(getppid())
        ReadingProcess.limit(for: file)
        let inspection = try FileInspection(path: file)
        if json {
            print(try Terminal.json(inspection))
        } else {
            print(manifest ? inspection.manifest : inspection.text, terminator: "")
        }
        if let refusal = inspection.refusal { throw refusal }
    }
}

extension FileInspection {
    var text: String {
        var parts = [
            "\(path): " + (format.map { "format \($0)" } ?? "no format that can be registered as it is")
        ]
        if !facts.isEmpty {
            parts.append(
                facts.sorted { $0.key < $1.key }
                    .map { Terminal.visible("\($0.key): \($0.value)") }.joined(separator: "\n"))
        }
        for table in tables {
            parts.append(
                "\(table.name): \(table.rows) rows\n"
                    + Terminal.table(
                        ["column", "holds", "different", "for example"],
                        table.columns.map {
                            [
                                $0.name, $0.elements, $0.distinct.map(String.init) ?? "–",
                                $0.examples.joined(separator: ", "),
                            ]
                        }))
        }
        if !series.isEmpty {
            parts.append(
                "time series\n"
                    + Terminal.table(
                        ["path", "samples × channels", "unit", "rate Hz"],
                        series.map {
                            [
                                $0.path, extents($0.shape), $0.unit ?? "–",
                                $0.rateHz.map { Terminal.plain($0) } ?? "by timestamps",
                            ]
                        }))
        }
        if !arrays.isEmpty {
            parts.append(
                Terminal.table(
                    ["array", "extents", "holds"],
                    arrays.map { [$0.name, extents($0.shape), $0.elements] }))
        }
        if manifest.isEmpty { return parts.joined(separator: "\n\n") + "\n" }
        parts.append("A manifest to start from:\n\n" + manifest)
        return parts.joined(separator: "\n\n")
    }
}

private func extents(_ shape: [Int]) -> String {
    shape.isEmpty ? "one value" : shape.map(String.init).joined(separator: " × ")
}
