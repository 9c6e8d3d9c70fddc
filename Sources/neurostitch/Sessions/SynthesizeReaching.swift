import ArgumentParser
import Synthesis

extension SynthesizeCommand {
    struct Reaching: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reaching",
            abstract: "Days like those of motor cortex, in which single trials matter.",
            discussion: """
                Reaches to targets on a circle. Initial states, reaction times and amplitudes vary from \
                trial to trial, and inputs arrive at unknown times; units come, leave and merge, baselines and \
                gains drift, and every day has noise of its own. Writes one recording a day (counts, true \
                rates, velocity, numbers of single trials, latents), a manifest for each and a stitch manifest.

                Example:
                  neurostitch synthesize reaching --output incoming --array sparse --sessions 3
                """)

        @Option(name: .long, help: "Recording days.")
        var sessions = 5
        @OptionGroup(title: "The world") var world: ReachingOptions
        @OptionGroup(title: "Files") var files: SyntheticFileOptions

        func run() throws {
            var settings = ReachingSettings(try world.electrodeArray())
            settings.sessions = sessions
            settings.trueRatesOfHeldOutTrialsOnly = files.sparseTruth
            try files.write(ReachingWorld(try world.applied(to: settings)))
        }
    }

    struct Months: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "months",
            abstract: "An array over three months: reaching days with all that changes in them.",
            discussion: """
                As `synthesize reaching`, with 44 days over three months, 100 to 250 trials a day, and a third \
                of the days without two of the eight conditions. Every option can be given here too. All 44 days \
                take 93 MB; with --sparse-truth 38 MB.

                Example:
                  neurostitch synthesize months --output incoming
                """)

        @Option(name: .long, help: "Recording days, spread over three months.")
        var sessions = 44
        @OptionGroup(title: "The world") var world: ReachingOptions
        @OptionGroup(title: "Files") var files: SyntheticFileOptions

        func run() throws {
            var settings = ReachingSettings.months(
                sessions: sessions, try world.electrodeArray())
            settings.trueRatesOfHeldOutTrialsOnly = files.sparseTruth
            try files.write(ReachingWorld(try world.applied(to: settings)))
        }
    }
}
