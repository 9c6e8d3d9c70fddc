import ArgumentParser
import CAllocationCount
import Foundation
import LFADS
import ModelCases

/// Counts what updates allocate: the first one makes all memory that the others use.
struct Allocations: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Counts the allocations of a model's training steps; prints JSON.",
        discussion: "Example:\n  neurostitch-benchmark allocations lorenz --threads 2")

    @Argument(help: "The model.")
    var name: String

    @Option(help: "Threads.")
    var threads = 1

    @Flag(help: "With a Student-t prior, spike jitter and temporal shift.")
    var augmented = false

    @Flag(help: "Half of the samples were not observed.")
    var selective = false

    private struct Counts: Codable {
        var first: UInt64
        /// Of the three updates after the first, together.
        var later: UInt64
    }

    mutating func run() throws {
        var configuration = try ModelCase.named(name)
        if augmented {
            configuration.model.initialConditionPrior = .studentT
            configuration.training.spikeJitter = 2
            configuration.training.temporalShift = 1
        }
        if selective { configuration.observedShare = 0.5 }
        let training = try configuration.start(threads: threads, seed: 1)
        training.beginEpoch()
        let start = allocation_count()
        try training.runUpdate(0)
        let afterFirst = allocation_count()
        for _ in 0..<3 { try training.runUpdate(0) }
        let counts = Counts(first: afterFirst - start, later: allocation_count() - afterFirst)
        print(String(decoding: try JSONEncoder().encode(counts), as: UTF8.self))
    }
}
