import ArgumentParser
import Foundation
import LFADS
import LinearAlgebra
import ModelCases

@main
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "neurostitch-benchmark",
        abstract: "Measures training steps, inference, products and scaling on this machine.",
        subcommands: [Everything.self, Step.self, Allocations.self, Registry.self],
        defaultSubcommand: Everything.self)
}

/// All measurements, or those that the options leave.
struct Everything: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Measures training steps, inference, products and scaling on this machine.",
        discussion: """
            Every result is verified before it is timed. Times are medians; the share of peak is the \
            arithmetic of a step's matrix products over its time over the rate of OpenBLAS's product \
            of two 2048 × 2048 matrices with as many threads, measured in turn with the steps.

            Example:
              neurostitch-benchmark --configurations lorenz,maze --threads 1,2 --seconds 5
            """)

    @Option(help: "Which models: \(ModelCase.measuredCases.map(\.name).joined(separator: ", ")), or none.")
    var configurations = ModelCase.measuredCases.map(\.name).joined(separator: ",")

    @Option(help: "Numbers of threads.")
    var threads = "1,2"

    @Option(help: "Seconds of timed steps per model and number of threads.")
    var seconds = 6.0

    @Option(help: "Numbers of sessions to compare epochs of, or none.")
    var sessions = "3,12,44,200"

    @Flag(help: "Write JSON instead of tables.")
    var json = false

    mutating func run() throws {
        var report = BenchmarkReport()
        let counts = try numbers(threads, "--threads")
        func progress(_ text: String) {
            guard !json else { return }
            FileHandle.standardError.write(Data((text + "\n").utf8))
        }
        for name in try list(configurations).map({ try ModelCase.named($0).name }) {
            for count in counts {
                progress("\(name), \(count) thread\(count == 1 ? "" : "s")")
                // A process of its own: memory resident at most is counted per process.
                report.steps.append(try Step.inNewProcess(name, threads: count, seconds: seconds))
            }
        }
        progress("products")
        report.products = try ProductMeasurement.all(seconds: seconds / 8)
        progress("single trials")
        report.latencies = [
            try LatencyMeasurement.run(.lorenz, trials: max(200, Int(seconds * 200)))
        ]
        let sessionCounts = try numbers(sessions, "--sessions")
        if !sessionCounts.isEmpty {
            progress("numbers of sessions")
            report.scaling = try ScalingMeasurement.run(
                sessions: sessionCounts, trials: 16, threads: counts.max() ?? 1, seconds: seconds / 2)
        }
        print(json ? try report.json() : report.tables)
    }

    private func list(_ text: String) -> [String] {
        text == "none" ? [] : text.split(separator: ",").map(String.init)
    }

    private func numbers(_ text: String, _ option: String) throws -> [Int] {
        try list(text).map {
            guard let number = Int($0), number > 0 else {
                throw ValidationError("\(option) takes positive numbers separated by commas; found '\($0)'")
            }
            return number
        }
    }
}

/// One model and number of threads in a process of its own.
struct Step: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures one model; prints JSON.",
        discussion: "Example:\n  neurostitch-benchmark step lorenz --threads 2")

    @Argument(help: "The model.")
    var name: String

    @Option(help: "Threads.")
    var threads = 1

    @Option(help: "Seconds of timed steps.")
    var seconds = 6.0

    mutating func run() throws {
        let measured = try StepMeasurement.run(
            try ModelCase.named(name), threads: threads, seconds: seconds)
        print(String(decoding: try JSONEncoder().encode(measured), as: UTF8.self))
    }

    static func inNewProcess(
        _ name: String, threads: Int, seconds: Double
    ) throws -> StepMeasurement {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "step", name, "--threads", "\(threads)", "--seconds", "\(seconds)",
        ]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkError.failed("\(name) with \(threads) threads was not measured")
        }
        return try JSONDecoder().decode(StepMeasurement.self, from: data)
    }
}

extension ModelCase {
    static func named(_ name: String) throws -> ModelCase {
        guard let found = measuredCases.first(where: { $0.name == name }) else {
            throw ValidationError(
                "there is no model '\(name)'; the models are \(measuredCases.map(\.name).joined(separator: ", "))"
            )
        }
        return found
    }
}
