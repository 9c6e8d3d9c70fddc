import ArrayFiles
import Foundation
import TrialArrays

/// Factors of a day's counts without dynamics, by factor analysis of one bin at a time: what an analyst would do
/// without a model of trials.
///
/// Square roots of counts are smoothed in time and analysed (the two-stage way of Yu et al. 2009, *Journal of
/// Neurophysiology* 102:614) by scikit-learn's `FactorAnalysis`, in a Python process.
struct FactorAnalysis {
    /// NaN where a sample was not observed, which counts as its unit's mean in training.
    let counts: TrialArray
    /// Trials that the analysis is fitted on.
    let training: [Int]
    /// As many factors; no more than there are units.
    let factorCount: Int

    /// Factors of all trials, `[trials, bins, factors]`, one array for each width of smoothing.
    ///
    /// - Parameter standardDeviations: of the smoothing, in bins.
    /// - Throws: `EvaluationError.noFactorAnalysis`, and what can be wrong with files.
    func factors(smoothedBy standardDeviations: [Double]) throws -> [TrialArray] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("neurostitch-factor-analysis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let roots = counts.replacingValues(
            counts.values.map { $0.isNaN ? .nan : max($0, 0).squareRoot() }
        ).filled(fromTrials: training)
        let given = folder.appendingPathComponent("given.npz").path
        let found = folder.appendingPathComponent("found.npz").path
        try NumpyArchiveWriter.write(to: given) { archive in
            for (index, width) in standardDeviations.enumerated() {
                archive.add(
                    ShapedArray(
                        shape: [counts.trialCount, counts.binCount, counts.columnCount],
                        values: roots.smoothed(standardDeviation: width).values),
                    as: "counts\(index)")
            }
            archive.add(
                ShapedArray(shape: [training.count], values: training.map { Int64($0) }), as: "training")
        }
        let width = min(factorCount, counts.columnCount)
        try run([given, found, "\(width)", "\(standardDeviations.count)"])
        let archive = try NumpyArchive(found)
        return try standardDeviations.indices.map { index in
            TrialArray(
                trials: counts.trials, bins: counts.bins, columns: ColumnAxis(.component, count: width),
                values: try archive.floats("factors\(index)").values)
        }
    }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.program] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        do { try process.run() } catch { throw EvaluationError.noFactorAnalysis(reason: "\(error)") }
        let written = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            // Of a traceback the last line says what happened.
            let lines = String(decoding: written, as: UTF8.self).split(separator: "\n")
            throw EvaluationError.noFactorAnalysis(
                reason: lines.last.map { String($0.prefix(200)) } ?? "it was ended")
        }
    }

    /// `lapack` is exact, where the default draws random directions.
    private static let program = """
        import sys
        import numpy
        from sklearn.decomposition import FactorAnalysis
        given, found, factors, widths = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        arrays = numpy.load(given)
        results = {}
        for width in range(widths):
            counts = arrays[f"counts{width}"].astype(float)
            units = counts.shape[2]
            analysis = FactorAnalysis(n_components=factors, svd_method="lapack")
            analysis.fit(counts[arrays["training"]].reshape(-1, units))
            results[f"factors{width}"] = (
                analysis.transform(counts.reshape(-1, units))
                .reshape(counts.shape[0], counts.shape[1], factors).astype(numpy.float32))
        numpy.savez(found, **results)
        """
}
