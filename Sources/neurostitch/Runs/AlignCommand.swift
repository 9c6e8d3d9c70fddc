import ArgumentParser
import Stitching

struct AlignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "align", abstract: "Show how well the days of a stitch manifest align.",
        discussion: """
            Principal-components regression onto the trajectories that all days share. R² held out is that \
            of conditions left out of the regression; condition agreement is the correlation of the day's \
            condition-averaged behaviour with the other days', and tells whether condition labels mean the \
            same thing. Geometry is how far its conditions lie to each other as on the other days by its neurons \
            alone, and 'by chance' the share of shuffled labels that do as well. Nothing is stored.

            Example:
              neurostitch align manifests/lorenz.stitch.yaml
            """)

    @Argument(help: "Stitch manifest (YAML).")
    var manifest: String

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let plan = try StitchManifest(contentsOf: manifest)
        let alignment = try StitchJourney.align(plan, in: registry, threads: threads.count) { chosen in
            if !options.json { print(SettingsFromDataTable.text(chosen)) }
        }
        if options.json {
            print(try Terminal.json(AlignmentTable.rows(alignment)))
        } else {
            print(AlignmentTable.text(alignment))
            let shares = alignment.explainedShare.prefix(8).map { Terminal.number($0) }
            if !shares.isEmpty {
                print(
                    "\(alignment.conditions.count) common conditions, \(alignment.components) "
                        + "components; shares of variance \(shares.joined(separator: ", "))"
                        + (alignment.components > 8 ? ", …" : ""))
            }
            for note in alignment.notes { print("note: \(note)") }
        }
        for warning in alignment.warnings { Terminal.printError("warning: \(warning)") }
    }
}
