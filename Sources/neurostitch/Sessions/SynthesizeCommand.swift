import ArgumentParser
import Recordings
import Stitching
import Synthesis

struct SynthesizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize", abstract: "Make recordings whose truth is known.",
        discussion: "Example:\n  neurostitch synthesize lorenz --output incoming --sessions 4",
        subcommands: [Lorenz.self])

    struct Lorenz: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lorenz",
            abstract: "Days that see the same Lorenz trajectories through other units.",
            discussion: """
                Writes one recording a day (counts, true rates, latents as behaviour), a manifest for each \
                and a stitch manifest. Days have disjoint units and lie months apart.

                Example:
                  neurostitch synthesize lorenz --output incoming --manifests manifests --sessions 4
                """)

        @Option(name: .long, help: "Folder for the recordings.")
        var output = "sessions/incoming"
        @Option(name: .long, help: "Folder for the manifests. (default: that of the recordings)")
        var manifests: String?
        @Option(name: .long, help: "Recording days.")
        var sessions = 3
        @Option(name: .long, help: "Conditions.")
        var conditions = 65
        @Option(name: .long, help: "Trials of each condition and day.")
        var trials = 20
        @Option(name: .long, help: "Bins of a trial.")
        var bins = 100
        @Option(name: .long, help: "Width of a bin in milliseconds.")
        var binMs = 20.0
        @Option(name: .long, help: "Time of the Lorenz system in one bin.")
        var timePerBin = 0.015
        @Option(name: .long, help: "Units of each day, comma-separated; one number for all days.")
        var units = "35,26,35"
        @Option(name: .long, help: "Subject; session names begin with it.")
        var subject = "Lorenz"
        @Option(name: .long, help: "Date of the first day.")
        var firstDate = "2024-01-15"
        @Option(name: .long, help: "Days between two sessions.")
        var daysBetween = 61
        @Option(name: .long, help: "Every k-th trial of a condition is held out.")
        var validEvery = 5
        @Option(name: .long, help: "Seed.")
        var seed: UInt64 = 1
        @Option(
            name: .long,
            help: "Share of a day's units that the day before recorded too, under the same names.")
        var keptUnits = 0.0
        @Option(name: .long, help: "binned-hdf5 or lfads-hdf5.")
        var format = "binned-hdf5"
        @Flag(name: .long, help: "Keep true rates of held-out trials only: smaller files.")
        var sparseTruth = false
        @Flag(name: .long, help: "Print JSON for machines instead of lines for people.")
        var json = false

        private struct Report: Encodable {
            struct Day: Encodable {
                let recording: String
                let manifest: String
                let trials: Int
                let units: Int
            }
            let days: [Day]
            let stitchManifest: String
        }

        func run() throws {
            guard let format = RecordingFile.Export(rawValue: format) else {
                throw ValidationError("--format is \(self.format); expected binned-hdf5 or lfads-hdf5.")
            }
            let counts = units.split(separator: ",").map { Int($0) }
            guard counts.allSatisfy({ $0 != nil }) else {
                throw ValidationError("--units is \(units); expected numbers such as 35,26,35.")
            }
            var settings = LorenzSettings()
            settings.sessions = sessions
            settings.conditions = conditions
            settings.trialsPerCondition = trials
            settings.bins = bins
            settings.binMilliseconds = binMs
            settings.timePerBin = timePerBin
            settings.unitCounts = counts.compactMap { $0 }
            settings.subject = subject
            settings.firstDate = firstDate
            settings.daysBetween = daysBetween
            settings.validEvery = validEvery
            settings.seed = seed
            settings.keptShare = keptUnits
            settings.trueRatesOfHeldOutTrialsOnly = sparseTruth
            var days: [Report.Day] = []
            let files = try LorenzWorld(settings).write(
                to: output, manifests: manifests, format: format
            ) { day in
                days.append(
                    Report.Day(
                        recording: day.recording, manifest: day.manifest, trials: day.trials,
                        units: day.units))
                guard !json else { return }
                print("\(day.recording): \(day.trials) trials, \(day.units) units; \(day.manifest)")
            }
            print(
                json
                    ? try Terminal.json(Report(days: days, stitchManifest: files.stitchManifest))
                    : files.stitchManifest)
        }
    }
}
