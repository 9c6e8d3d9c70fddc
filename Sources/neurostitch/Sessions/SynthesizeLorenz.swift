import ArgumentParser
import Synthesis

extension SynthesizeCommand {
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
        @OptionGroup var files: SyntheticFileOptions

        func run() throws {
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
            settings.trueRatesOfHeldOutTrialsOnly = files.sparseTruth
            try files.write(LorenzWorld(settings))
        }
    }
}
