import ArgumentParser
import Recordings
import Registry
import Stitching

struct RegisterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Take recording days into the registry.",
        discussion: """
            Reads each recording as its manifest says, checks it, stores a canonical copy and enters it. \
            Registering the same content again changes nothing, but for a canonical copy that is missing \
            or damaged: that is put right.

            Example:
              neurostitch register manifests/lorenz-2024-01-15.yaml
            """)

    @Argument(help: "Manifests (YAML), one per recording day.")
    var manifests: [String]

    @Flag(name: .long, help: "Accept other content under a known name as a new revision.")
    var revise = false

    @OptionGroup var options: WorkspaceOptions

    private struct Row: Encodable {
        let session: SessionRecord
        let outcome: String
    }

    func run() throws {
        let registry = try options.registry()
        var rows: [Row] = []
        do {
            for manifest in manifests {
                let registration = try RegisterJourney.register(
                    manifest: manifest, in: registry, asNewRevision: revise)
                let row = Row(session: registration.session, outcome: Self.word(registration))
                rows.append(row)
                if !options.json {
                    print(Self.line(row))
                    if row.outcome != Self.word(.unchanged(row.session)) {
                        let provenance = try registry.provenance(of: row.session)
                        Self.notes(provenance).forEach { print("  \($0)") }
                    }
                }
            }
        } catch {
            // The days before a broken one stay registered, and whoever reads the JSON has to know.
            if options.json { print(try Terminal.json(rows)) }
            throw error
        }
        if options.json { print(try Terminal.json(rows)) }
    }

    private static func word(_ registration: Registration) -> String {
        switch registration {
        case .added: "registered"
        case .unchanged: "unchanged"
        case .repaired: "repaired"
        case .revised: "revised"
        }
    }

    /// What of the file was left out, and why; in full in `sessions show`.
    private static func notes(_ provenance: [String: String]) -> [String] {
        let notes: [(ProvenanceKey, String)] = [
            (.chop, "cut"), (.chopLeftOut, "left out"), (.removedTrials, "trials left out"),
            (.leftOutTrials, "trials left out"), (.overlappingWindows, "windows"),
            (.removedUnits, "units left out"), (.notObserved, "not observed"),
        ]
        return notes.compactMap { key, words in
            provenance[key].map { "\(words): " + ($0.count > 200 ? $0.prefix(199) + "…" : $0) }
        }
    }

    private static func line(_ row: Row) -> String {
        let session = row.session
        return "\(row.outcome) \(session.name) (revision \(session.revision)): "
            + "\(session.trialCount) trials"
            + (session.testTrialCount > 0 ? " (\(session.testTrialCount) for the test)" : "")
            + ", \(session.binCount) bins of "
            + "\(Terminal.plain(session.binMilliseconds)) ms, \(session.unitCount) units, "
            + "\(session.conditionCount) conditions"
    }
}
