import Foundation
import LFADS
import LinearAlgebra

/// Everything measured in one run, as JSON or as tables.
struct BenchmarkReport: Codable {
    var processor = Self.processorName()
    var openBLASCore = MathematicsLibrary.coreName
    var instructionSet = StitchedModel.instructionSet
    var steps: [StepMeasurement] = []
    var products: [ProductMeasurement] = []
    var latencies: [LatencyMeasurement] = []
    var scaling: [ScalingMeasurement] = []

    private static func processorName() -> String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") where line.hasPrefix("model name") {
            return line.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
        }
        return "unknown"
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    var tables: String {
        var sections = [
            "\(processor); OpenBLAS core \(openBLASCore); tiles and loops \(instructionSet)"
        ]
        func giga(_ value: Double) -> String { String(format: "%.1f", value * 1e-9) }
        func milliseconds(_ value: Double) -> String { String(format: "%.2f", value * 1e3) }
        func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }
        func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }
        if !steps.isEmpty {
            sections.append(
                Self.table(
                    "Training steps and inference passes",
                    [
                        "model", "threads", "GFLOP", "peak GFLOP/s", "step ms", "share",
                        "inference ms", "share", "allocations",
                    ],
                    steps.map {
                        [
                            $0.configuration, "\($0.threads)",
                            String(format: "%.3f", $0.gigaOperations), giga($0.peak),
                            milliseconds($0.stepSeconds), percent($0.stepShare),
                            milliseconds($0.inferenceSeconds), percent($0.inferenceShare),
                            String(format: "%g", $0.allocationsPerStep),
                        ]
                    }))
            sections.append(
                Self.table(
                    "Memory of a training step, MB",
                    [
                        "model", "threads", "resident at most", "activations", "shards' gradients",
                        "packed weights", "parameters",
                    ],
                    steps.map {
                        [
                            $0.configuration, "\($0.threads)", megabytes($0.peakBytes),
                            megabytes($0.activationBytes), megabytes($0.gradientBytes),
                            megabytes($0.packedBytes), megabytes($0.parameterBytes),
                        ]
                    }))
        }
        if !products.isEmpty {
            sections.append(
                Self.table(
                    "Products on one thread, GFLOP/s",
                    ["product", "rows × columns × inner", "tiles", "OpenBLAS", "ratio"],
                    products.map {
                        [
                            $0.product, "\($0.rows) × \($0.columns) × \($0.inner)", giga($0.tiles),
                            giga($0.openBLAS), String(format: "%.2f", $0.tiles / $0.openBLAS),
                        ]
                    }))
        }
        if !latencies.isEmpty {
            sections.append(
                Self.table(
                    "Inference of one trial, ms",
                    ["model", "trials", "median", "99 %", "longest"],
                    latencies.map {
                        [
                            $0.configuration, "\($0.trials)", milliseconds($0.median),
                            milliseconds($0.p99), milliseconds($0.longest),
                        ]
                    }))
        }
        if !scaling.isEmpty {
            sections.append(
                Self.table(
                    "Whole epochs of the lorenz model",
                    ["sessions", "trials each", "threads", "epoch ms", "µs per trial"],
                    scaling.map {
                        [
                            "\($0.sessions)", "\($0.trialsPerSession)", "\($0.threads)",
                            milliseconds($0.epochSeconds),
                            String(format: "%.1f", $0.secondsPerTrial * 1e6),
                        ]
                    }))
        }
        return sections.joined(separator: "\n\n")
    }

    /// Columns as wide as their widest entry.
    static func table(_ title: String, _ head: [String], _ rows: [[String]]) -> String {
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        let lines = ([head] + rows).map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + space : space + text
            }.joined(separator: "  ")
        }
        return ([title] + lines).joined(separator: "\n")
    }
}
