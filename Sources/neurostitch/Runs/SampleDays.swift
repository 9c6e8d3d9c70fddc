import ArrayFiles
import Foundation
import Synthesis

/// The three days that the documentation speaks of: in the project's folder they lie as files, elsewhere they are made anew,
/// with the same bytes.
enum SampleDays {
    /// Where they are made.
    static let folder = "sample-days"

    private static var world: LorenzWorld {
        get throws {
            var settings = LorenzSettings()
            settings.sessions = 3
            settings.conditions = 24
            settings.trialsPerCondition = 15
            settings.bins = 60
            settings.unitCounts = [30, 24, 28]
            settings.trueRatesOfHeldOutTrialsOnly = true
            return try LorenzWorld(settings)
        }
    }

    private static let stitchManifest = """
        # Stitches the three sample days; what isn't said here has a default (docs/manifests.md).
        run: lorenz
        sessions: {subject: Lorenz}
        seed: 1
        model: {fac_dim: 8, co_dim: 0}  # the Lorenz system gets no inputs
        train: {epochs: 60}

        """

    /// Makes the days, with their manifests, in a folder of their own; days that are there already are replaced.
    ///
    /// - Returns: path of the stitch manifest.
    /// - Throws: `SynthesisError`, `RecordingError`, `ArrayFileError`
    static func write() throws -> String {
        let files = try world.write(to: folder)
        try AtomicFile.write(Array(stitchManifest.utf8), to: files.stitchManifest)
        return files.stitchManifest
    }
}
