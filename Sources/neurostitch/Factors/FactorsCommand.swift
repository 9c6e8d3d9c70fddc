public import ArgumentParser
import LFADS
public import Stitching

struct FactorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "factors",
        abstract: "Write factors, rates and other inferred quantities of a session.",
        discussion: """
            Quantities: factors, rates (Hz), initial-conditions, inferred-inputs, generator-states, or all. \
            The posterior means are pushed through the model once; --samples averages posterior samples \
            instead and adds their standard deviations.

            The ending of the file chooses the format: .h5 (complete, described in the file, with the dataset \
            names of lfads-torch beside ours), .npz, .npy, .csv or .json. A format that holds one table a file \
            gets one file per quantity: out-factors.csv, out-rates.csv.

            Windows of a continuous recording are put together again, fading into each other, if all are asked \
            for: in .h5, .npz and .json beside the windows, in .npy and .csv in their place.

            Example:
              neurostitch factors lorenz lorenz-2024-01-15 --output factors.h5
              neurostitch factors jango jango-2016-06-26 --quantity factors --trials valid --output f.csv
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @Argument(help: "Name of a session that the run was trained on.")
    var session: String

    @Option(name: .long, help: "Quantities, comma-separated, or all.")
    var quantity = "factors,rates"

    @Option(name: .long, help: "all, train, valid, test, or places in the recording such as 0,3,10-19.")
    var trials = "all"

    @Flag(name: .long, help: "Of a continuous recording only its windows, not put together to one course.")
    var windows = false

    @Option(name: .long, help: "Average that many posterior samples, at least 2.")
    var samples: Int?

    @Option(name: .long, help: "Seed of the posterior samples. (default: the run's)")
    var seed: UInt64?

    @Option(name: .shortAndLong, help: "File to write. (default: RUN-SESSION.h5 in the current folder)")
    var output: String?

    @Option(name: .long, help: "hdf5, npz, npy, csv or json, whatever the ending of the file.")
    var format: FactorFile.Format?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    private static let mostSamples = 1_000_000

    func validate() throws {
        if let samples, samples < 2 {
            throw ValidationError(
                "--samples must be at least 2; leave it out to push the posterior means through.")
        }
        if let samples, samples > Self.mostSamples {
            throw ValidationError(
                "--samples must be at most \(Self.mostSamples); means of some hundred hardly change any more."
            )
        }
        if seed != nil, samples == nil { throw ValidationError("--seed needs --samples.") }
    }

    func run() throws {
        let registry = try options.registry()
        // Everything that can be refused is refused before the inference, which takes the time.
        let path = output ?? "\(runName)-\(session).\(Self.ending(format ?? .hdf5))"
        let format = try self.format ?? FactorFile.Format(path: path)
        let selection = try TrialSelection(trials)
        let day = try TrainedRun(runName, in: registry, threads: threads.count).day(session)
        let quantities = try FactorQuantity.list(quantity, of: day)
        let selected = try selection.trials(of: day.recording)
        try FactorFile.requireWritable(
            path, as: format, quantities: quantities, isSampled: samples != nil)
        let estimate = samples.map {
            PosteriorEstimate.samples(count: $0, seed: seed ?? day.settings.seed)
        }
        let file = try FactorFile(
            day, trials: selected, quantities: quantities, estimate: estimate ?? .means,
            mergesWindows: !windows)
        let written = try file.write(to: path, as: format)
        if options.json {
            print(try Terminal.json(Report(file, written, format)))
        } else {
            print(Self.table(file))
            print("wrote \(written.joined(separator: ", "))")
        }
    }

    private static func ending(_ format: FactorFile.Format) -> String {
        format == .hdf5 ? "h5" : format.rawValue
    }

    private static func table(_ file: FactorFile) -> String {
        Terminal.table(
            ["quantity", "extents", "unit"],
            file.quantities.map {
                [$0.name, $0.shape.map(String.init).joined(separator: " × "), $0.units]
            })
    }

    private struct Report: Encodable {
        struct Quantity: Encodable {
            let name: String
            let shape: [Int]
            let units: String
        }
        let run: String
        let session: String
        let revision: Int
        let trials: Int
        let format: String
        let files: [String]
        let quantities: [Quantity]

        init(_ file: FactorFile, _ files: [String], _ format: FactorFile.Format) {
            run = file.run
            session = file.session
            revision = file.revision
            trials = file.trials.count
            self.format = format.rawValue
            self.files = files
            quantities = file.quantities.map {
                Quantity(name: $0.name, shape: $0.shape, units: $0.units)
            }
        }
    }
}

extension FactorFile.Format: ExpressibleByArgument {}
