import ArrayFiles
import TestSupport
import Testing

@testable import Recordings

/// Spike times as arrays, an entry a spike.
@Suite struct SpikeArrayTests {
    private static let formats: [RecordingSource.Format] = [.mat, .npz, .binnedHDF5]
    private static let (trials, units) = (14, 4)

    /// In no order, -0.3 to 0.7 s around the event of each trial.
    private static let spikes: [(trial: Int, unit: Int, time: Double)] = {
        var state: UInt64 = 11
        return (0..<900).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let draw = Int(state >> 33)
            return (draw % trials, draw / 16 % units, Double(draw / 64 % 1000) / 1000 - 0.3 + 0.0001)
        }
    }()
    private static let events = (0..<trials).map { 5 + 1.5 * Double(($0 * 5) % trials) }

    /// Trials × 8 bins of 50 ms × units, from 100 ms before the event on.
    private static func counts(_ order: [Int]) -> [Float] {
        var counts = [Float](repeating: 0, count: trials * 8 * units)
        for spike in spikes {
            let bin = Int(((spike.time + 0.1) / 0.05).rounded(.down))
            guard let place = order.firstIndex(of: spike.trial), (0..<8).contains(bin) else { continue }
            counts[(place * 8 + bin) * units + spike.unit] += 1
        }
        return counts
    }

    private func source(
        _ folder: String, _ format: RecordingSource.Format, firstTrial: Int = 1,
        arrays: [(name: String, array: ShapedArray<Double>)] = []
    ) throws -> RecordingSource {
        let spikes = Self.spikes
        let triplets = ShapedArray(
            shape: [spikes.count, 3],
            values: spikes.flatMap { [Double($0.trial + firstTrial), Double(10 + $0.unit), $0.time] })
        let own: [(name: String, array: ShapedArray<Double>)] = [
            ("triplets", triplets), ("clusters", column(spikes.map { Double(10 + $0.unit) })),
            ("spike_times", column(spikes.map { $0.time + Self.events[$0.trial] })),
            ("go", column(Self.events)), ("target", column((0..<Self.trials).map { Double($0 % 2) })),
        ]
        return RecordingSource(
            path: try SmallArrays.write(own + arrays, to: folder + "/spikes", as: format), format: format,
            session: "day", subject: "Tiny", date: "2020-01-02", binMilliseconds: 50,
            spikeTimes: .init(
                times: "time", units: "neuron", trials: "trial", table: "triplets",
                columns: ["trial", "neuron", "time"]),
            eventWindow: .init(event: nil, beforeMilliseconds: 100, afterMilliseconds: 300),
            conditionColumns: ["target"])
    }

    @Test(arguments: formats, [0, 1]) func triplets(_ format: RecordingSource.Format, firstTrial: Int) throws
    {
        try withTemporaryFolder { folder in
            let day = try Recording.read(source(folder, format, firstTrial: firstTrial))
            #expect(day.values == Self.counts(Array(0..<Self.trials)))
            #expect(day.units.map(\.name) == ["10", "11", "12", "13"])
            #expect(day.trials.map(\.condition) == (0..<Self.trials).map { "\($0 % 2)" })
            #expect(day.trials.map(\.identifier) == Array(0..<Self.trials))
            #expect(day.provenance["align"] == "time 0, from 100 ms before to 300 ms after")
            #expect(day.metadata.event == AlignedEvent(name: "time 0", milliseconds: 100))
            #expect(day.provenance["spikes_outside_windows"] == "\(900 - Int(day.values.reduce(0, +)))")
        }
    }

    /// The same spikes by the clock of the recording, around the same events.
    @Test(arguments: formats) func timesAndUnits(_ format: RecordingSource.Format) throws {
        try withTemporaryFolder { folder in
            var source = try source(folder, format)
            source.spikeTimes = .init(times: "spike_times", units: "clusters")
            source.eventWindow?.event = "go"
            let day = try Recording.read(source)
            let order = (0..<Self.trials).sorted { Self.events[$0] < Self.events[$1] }
            #expect(day.trials.map(\.identifier) == order)
            #expect(day.values == Self.counts(order))
            // From 1.5 s before the first spike on.
            source.eventWindow?.beforeMilliseconds = 1500
            source.eventWindow?.afterMilliseconds = -1100
            #expect(try Recording.read(source).provenance["left_out_trials"] == "1 not within the recording")
        }
    }

    /// Trials have numbers and events of their own, and some are left out.
    @Test func trialsByTheirNumbers() throws {
        try withTemporaryFolder { folder in
            let numbers = (0..<Self.trials).map { Double(100 + $0) }
            var source = try source(
                folder, .npz, firstTrial: 100,
                arrays: [
                    ("number", column(Array(numbers.reversed()))),
                    ("cue", column((0..<Self.trials).map { $0 == 3 ? .nan : 0.1 })),
                ])
            source.datasets.trialIdentifiers = .named("number")
            source.eventWindow = .init(event: "cue", beforeMilliseconds: 200, afterMilliseconds: 200)
            source.trialScalars = ["cue"]
            let day = try Recording.read(source)
            let order = (0..<Self.trials).reversed().filter { $0 != Self.trials - 4 }
            #expect(day.trials.map(\.identifier) == order.map { 100 + $0 })
            #expect(day.values == Array(Self.counts(order).prefix(order.count * 8 * Self.units)))
            #expect(day.behaviorNames == ["cue"] && Set(day.behavior) == [0.1])
        }
    }

    @Test func unitsMayHaveNames() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/spikes.npz"
            try NumpyArchiveWriter.write(to: path) { file in
                file.add(column([0.5, 0.6, 1.5, 2.5, 2.6]), as: "t")
                file.add(column(["M1-b", "PMd", "M1-a", "PMd", "M1-b"]), as: "unit")
                file.add(column([0.7, 1.7, 2.3]), as: "go")
            }
            let source = RecordingSource(
                path: path, format: .npz, session: "day", subject: "Tiny", date: "2020-01-02",
                binMilliseconds: 100, spikeTimes: .init(times: "t", units: "unit"),
                eventWindow: .init(event: "go", beforeMilliseconds: 200, afterMilliseconds: 300),
                split: .everyKthOfCondition(2))
            let day = try Recording.read(source)
            #expect(day.units.map(\.name) == ["M1-a", "M1-b", "PMd"])
            #expect(day.values[1] == 1 && day.values[3 + 2] == 1)
        }
    }

    @Test func mistakes() throws {
        try withTemporaryFolder { folder in
            let right = try source(folder, .npz)
            func message(_ change: (inout RecordingSource) -> Void) -> String { refusal(of: right, change) }
            #expect(
                message { $0.binMilliseconds = nil } == "FILE holds spike times; set bin_ms in the manifest.")
            #expect(
                message { $0.conditionColumns = [] }
                    == "FILE: nothing says which trials there are. Name an array with one entry a trial: condition, "
                    + "trial_id, or the event of align.")
            #expect(
                message { $0.spikeTimes?.units = "unit" }
                    == "FILE: the table \"triplets\" has no column \"unit\"; it has, nearest name first: time, trial, "
                    + "neuron.")
            let fractions = message { $0.spikeTimes?.trials = "time" }
            #expect(fractions.hasPrefix("\"time\" in FILE: entry 0 is "))
            let shifted = try source(folder, .npz, firstTrial: 7)
            #expect(
                words { _ = try Recording.read(shifted) }
                    == "\(shifted.path): spikes are of trials 7 to 20 (\"trial\"), and there are 14 trials, whose numbers "
                    + "nothing says. Name them with trial_id: an array with the number of each trial.")
            var late = try source(folder, .npz)
            late.eventWindow = .init(event: nil, beforeMilliseconds: -5000, afterMilliseconds: 5500)
            #expect(
                words { _ = try Recording.read(late) }.hasPrefix(
                    "\(late.path): 0 of 900 spikes fall into a window."))
        }
    }
}
