import ArgumentParser
import Registry
import Stitching

struct RegisterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Take recording days into the registry.",
        discussion: """
            Reads each recording as its manifest says, checks it, stores a canonical copy and enters it. \
            Registering the same content again changes nothing.

            Example:
              neurostitch register manifests/lorenz-2025-01-06.session.yaml
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
        for manifest in manifests {
            let registration = try RegisterJourney.register(
                manifest: manifest, in: registry, asNewRevision: revise)
            let outcome: String
            switch registration {
            case .added: outcome = "registered"
            case .unchanged: outcome = "unchanged"
            case .revised: outcome = "revised"
            }
            let session = registration.session
            rows.append(Row(session: session, outcome: outcome))
            if !options.json {
                print(
                    "\(outcome) \(session.name) (revision \(session.revision)): "
                        + "\(session.trialCount) trials, \(session.binCount) bins of "
                        + "\(Terminal.plain(session.binMilliseconds)) ms, \(session.unitCount) units, "
                        + "\(session.conditionCount) conditions")
            }
        }
        if options.json { print(try Terminal.json(rows)) }
    }
}
