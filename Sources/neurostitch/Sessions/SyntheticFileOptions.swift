import ArgumentParser
import Recordings
import Synthesis

/// Where the days of a synthetic world are written, and how.
struct SyntheticFileOptions: ParsableArguments {
    @Option(name: .long, help: "Folder for the recordings.")
    var output = "sessions/incoming"
    @Option(name: .long, help: "Folder for the manifests. (default: that of the recordings)")
    var manifests: String?
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

    /// Writes the world, with a line for each day.
    func write(_ world: some SyntheticWorld) throws {
        guard let format = RecordingFile.Export(rawValue: format) else {
            throw ValidationError("--format is \(self.format); expected binned-hdf5 or lfads-hdf5.")
        }
        var days: [Report.Day] = []
        let files = try world.write(to: output, manifests: manifests, format: format) { day in
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
