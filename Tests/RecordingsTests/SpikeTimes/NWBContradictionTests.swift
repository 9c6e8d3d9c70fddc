import ArrayFiles
import TestSupport
import Testing

@testable import Recordings

/// Files whose parts contradict each other: refused, or left out and counted, never read as if all were well.
@Suite struct NWBContradictionTests {
    /// What is thrown, without the path in front.
    private func refusal(
        _ file: SmallNWB, _ change: (inout RecordingSource) -> Void = { _ in }
    ) throws -> String {
        var text = ""
        try withTemporaryFolder { folder in
            var source = try file.source(in: folder)
            change(&source)
            text = words { _ = try Recording.read(source) }.replacingOccurrences(
                of: source.path, with: "FILE")
        }
        return text
    }

    @Test func asItIs() throws {
        let day = try read(SmallNWB())
        #expect(day.trialCount == 10 && day.binCount == 5)
        // Every bin of 100 ms holds one spike of each unit.
        #expect(day.values.allSatisfy { $0 == 1 })
        #expect(day.provenance["align"] == "go_time, from 200 ms before to 300 ms after")
        #expect(day.provenance["trials"] == "trials")
        #expect(day.provenance["left_out_trials"] == nil && day.provenance["overlapping_windows"] == nil)
    }

    // MARK: Trials

    @Test func eventsOfAnotherClock() throws {
        var file = SmallNWB()
        file.events = file.starts.map { _ in 1.5 }
        #expect(
            try refusal(file)
                == "FILE: in 9 of 10 trials go_time is not within the trial; in row 1 it is 1.5, and the trial "
                + "runs from 3 to 5 s. Counted from the trial's start they would be within: set relative_to: "
                + "start_time in align, or choose another column.")
        file.events = file.starts.map { $0 * 1000 + 1 }
        #expect(
            try refusal(file).hasSuffix(
                "runs from 3 to 5 s. Times must be seconds by the clock of the recording, not milliseconds; choose "
                    + "another column, say with relative_to in align what they are counted from, or correct the file."
            ))
        file = SmallNWB()
        file.events[4] = 15.5
        file.events[7] = .nan
        let day = try read(file)
        #expect(day.trials.map(\.identifier) == [0, 1, 2, 3, 5, 6, 8, 9])
        #expect(day.provenance["left_out_trials"] == "1 without go_time, 1 with go_time outside the trial")
        // Ends before starts hold no event.
        file = SmallNWB()
        (file.starts, file.stops) = (file.stops, file.starts)
        #expect(try refusal(file).hasPrefix("FILE: in 10 of 10 trials go_time is not within the trial"))
    }

    @Test func windowsBeyondTheRecording() throws {
        // From 1.5 s before the first spike and trial on; the last window ends with the last trial.
        let day = try read(SmallNWB()) {
            $0.eventWindow = .init(event: "go_time", beforeMilliseconds: 1500, afterMilliseconds: 1000)
        }
        #expect(day.trials.map(\.identifier) == Array(1..<10))
        #expect(day.provenance["left_out_trials"] == "1 not within the recording")
        #expect(day.provenance["overlapping_windows"] == nil)
    }

    @Test func windowsThatShareBins() throws {
        let day = try read(SmallNWB()) {
            $0.eventWindow = .init(event: "go_time", beforeMilliseconds: 1000, afterMilliseconds: 3000)
        }
        #expect(day.provenance["overlapping_windows"] == "8 of 9 share bins with the one before")
        #expect(
            try refusal(SmallNWB()) {
                $0.eventWindow = .init(event: "go_time", beforeMilliseconds: 1000, afterMilliseconds: 5100)
            }
                == "FILE: the windows of trials 0 and 1 share 3100 of 6100 ms, more than half, so that held-out "
                + "trials would be known from training. Choose a shorter window, or leave trials out with "
                + "trials: {where: …}.")
    }

    // MARK: Spikes

    @Test func spikesInMilliseconds() throws {
        var file = SmallNWB()
        file.spikes = file.spikes.map { $0.map { $0 * 1000 } }
        #expect(
            try refusal(file)
                == "FILE: 1 of 900 spikes fall into a window. Spikes are from 0 to 29920, windows from 0.8 to "
                + "28.3 s; both must be seconds by the same clock.")
    }

    @Test func spikesThatBelongToNoUnit() throws {
        var file = SmallNWB()
        file.spikeIndex = [300, 600, 800]
        #expect(
            try refusal(file)
                == "FILE: the index of the ragged column \"spike_times\" doesn't fit its data; the file is damaged."
        )
    }

    @Test func oneSpikeInAnotherCentury() throws {
        var file = SmallNWB()
        file.spikes[1].append(1.9e9)
        #expect(
            try refusal(file) {
                $0.eventWindow = nil
                $0.chop = ChopSettings(windowMilliseconds: 1000, overlapMilliseconds: 0)
            }
                == "FILE: a recording of 1900000000 s, from 0 s to 1900000000 s, is more than can be cut into "
                + "windows. Is one spike or interval at a wrong time, or are times not in seconds?")
        file.spikes[1][300] = 3e9
        #expect(
            try refusal(file)
                == "FILE: units/spike_times, entry 300 is 3000000000, which is no time in seconds.")
    }

    @Test func nothingWasSorted() throws {
        let file = SmallNWB()
        try withTemporaryFolder { folder in
            let source = try file.source(in: folder)
            try HDF5File.write(to: source.path) { try $0.setAttribute("nwb_version", to: "2.5.0") }
            #expect(
                words { _ = try Recording.read(source) }
                    == "\(source.path) has no table of units, /units with the column spike_times: nothing was "
                    + "sorted into units, or it is in another file.")
        }
    }

    @Test func electrodesOfSomeUnitsOnly() throws {
        var file = SmallNWB()
        file.extra = { file in
            for group in ["general", "general/extracellular_ephys", "general/extracellular_ephys/electrodes"]
            {
                try file.createGroup(group)
            }
            let table = "general/extracellular_ephys/electrodes"
            try file.setAttribute("colnames", to: ["location"], of: table)
            try file.write(column([Int64(0), 1]), to: table + "/id")
            try file.write(column(["M1", "PMd"]), to: table + "/location")
            try file.write(column([Int64(0), 1]), to: "units/electrodes")
        }
        #expect(
            try refusal(file) { $0.units.filters = [.init(column: "location", values: ["M1"])] }
                == "FILE: the column \"electrodes\" of \"units\" should hold 3 entries but holds 2.")
    }

    @Test func everyUnitHeldOut() throws {
        var file = SmallNWB()
        file.extra = { try $0.write(column([Int64(1), 1, 1]), to: "units/heldout") }
        #expect(
            try refusal(file)
                == "FILE: all 3 units are held out, and the encoder would see none. Correct the file, or say "
                + "with units: {held_out: …} in the manifest which are.")
        #expect(try read(file) { $0.units.heldOutColumn = .omitted }.units.count == 3)
    }

    /// D was observed after the others; under drop-units no window may hold the border.
    @Test func windowsOfUnitsThatWereNeverObservedTogether() throws {
        var file = SmallNWB()
        file.observed = [[(0, 20)], [(0, 20)], [(20, 22)]]
        let day = try read(file) {
            $0.eventWindow = nil
            $0.chop = ChopSettings(windowMilliseconds: 3000, overlapMilliseconds: 0)
            $0.units.unobserved = .dropUnits
        }
        #expect(day.units.map(\.name) == ["0", "1"])
        #expect(day.chop?.windows.last?.startBin == 170)
        #expect(day.provenance["chop"] == "7 windows of 3000 ms, overlapping by 0 ms, from 1 segments")
        file.observed = [[(0, 20), (21, 22)], [(0, 20), (21, 22)], [(0, 20), (21, 22)]]
        let short = try read(file) {
            $0.eventWindow = nil
            $0.chop = ChopSettings(windowMilliseconds: 3000, overlapMilliseconds: 0)
        }
        #expect(short.provenance["chop_left_out"] == "1 segments shorter than a window")
    }

    // MARK: Columns

    @Test func numbersAreComparedAsNumbers() throws {
        var file = SmallNWB()
        file.columns = [
            "success": [1, 1, 1, 0, 1, 1, 1, 0, 1, 1], "ts": (0..<10).map { Double($0 / 5 * 480) },
        ]
        let day = try read(file) {
            $0.split = .everyKthOfCondition(2)
            $0.trialFilters = [
                .init(column: "success", values: ["true"]), .init(column: "ts", values: ["480.0"]),
            ]
        }
        #expect(day.trials.map(\.identifier) == [5, 6, 8, 9])
        #expect(
            try refusal(file) { $0.trialFilters = [.init(column: "ts", values: ["481"])] }
                == "FILE: nothing has ts: 481; the column holds 480, 0.")
        file.columns["ts"] = [Double](repeating: .nan, count: 10)
        #expect(
            try refusal(file) { $0.trialFilters = [.init(column: "ts", values: ["481"])] }
                == "FILE: nothing has ts: 481; the column holds nothing.")
    }

    @Test func infiniteNumbersOfATrial() throws {
        var file = SmallNWB()
        file.columns["rt"] = [0.3, 0.2, .nan, .infinity, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
        #expect(
            try refusal(file) { $0.trialScalars = ["rt"] }
                == "\"rt\" in FILE: inf at trial 3, bin 0, channel 0; only finite (or NaN) values are allowed."
        )
    }

    // MARK: Widths and lengths

    @Test func widthsInSeconds() throws {
        #expect(
            try refusal(SmallNWB()) { $0.binMilliseconds = 0.02 }
                == "FILE: bins of 0.02 ms; expected 0.1 to 60000. bin_ms is in milliseconds, and models use 5 "
                + "to 50.")
        for (bin, after) in [(1.0, 1e13), (1, .infinity), (1, 200_000)] {
            #expect(
                try refusal(SmallNWB()) {
                    $0.binMilliseconds = bin
                    $0.eventWindow = .init(event: "go_time", beforeMilliseconds: 0, afterMilliseconds: after)
                }.contains("the event is more than 100000 bins of 1 ms, or more than a day away"))
        }
    }

    @Test func aStartThatIsNoDate() throws {
        var file = SmallNWB()
        file.startTime = "yesterday"
        #expect(
            try refusal(file) { $0.date = "" }
                == "FILE doesn't say its date (session_start_time is \"yesterday\"); set date in the manifest."
        )
        #expect(try read(file).date == "2020-01-02")
    }

    // MARK: Series

    private func wheel(_ change: (inout SmallNWB.Series) -> Void) -> SmallNWB {
        var file = SmallNWB()
        var series = SmallNWB.Series(
            name: "wheel", shape: [3000], values: (0..<3000).map { Float($0) }, times: nil, start: (0, 100))
        change(&series)
        file.series = [series]
        return file
    }

    @Test func seriesThatMeetNoTrial() throws {
        // By the clock of a computer.
        #expect(
            try refusal(wheel { $0.start = (1.6e9, 100) })
                == "FILE: the time series \"processing/behavior/wheel\" can't be used: no window meets a sample: "
                + "samples are from 1600000000 to 1600000029.99, windows from 0.8 to 27.8 s of the recording's "
                + "clock. Leave it out by naming others under behavior.")
        // A period in place of a rate.
        #expect(
            try refusal(wheel { $0.start = (0, 0.01) }).contains(
                "it has a sample in 100 s, and a window is 0.5 s long; is a rate given as a period"))
        #expect(try read(wheel { _ in }).behaviorNames == ["wheel"])
    }

    @Test func seriesWithoutTimes() throws {
        let file = wheel { $0.start = nil }
        let problem =
            "FILE: the time series \"processing/behavior/wheel\" can't be used: it says neither timestamps nor a "
            + "starting time and a rate."
        #expect(try refusal(file) == problem)
        #expect(try refusal(file) { $0.behaviorChannels = ["wheel"] } == problem)
        #expect(try read(file) { $0.datasets.behavior = .omitted }.behaviorNames.isEmpty)
    }

    @Test func transposedSeries() throws {
        #expect(
            try refusal(wheel { $0.shape = [2, 1500] })
                == "FILE: the time series \"processing/behavior/wheel\" can't be used: it has 2 samples of 1500 "
                + "channels; is its data transposed? The first axis must be time.")
    }

    @Test func inputsThatCoverSomeTrialsOnly() throws {
        #expect(
            try refusal(wheel { $0.start = (5, 100) }) {
                $0.datasets.behavior = .omitted
                $0.datasets.externalInputs = .named("wheel")
            }
                == "FILE: the time series \"wheel\" can't be used: it has no sample at 0.8 s (trial 0, bin 0), and "
                + "external inputs must cover every window.")
    }

    /// Doubled, or subtracted from each other, the farthest times still fit.
    @Test func farthestTimes() {
        let series = SeriesResampling(
            times: [-2_000_000_000_000_000_000, 2_000_000_000_000_000_000], values: [1, 2], channelCount: 1)
        #expect(Nanoseconds.rounding(seconds: 2e9) == 2_000_000_000_000_000_000)
        #expect(Nanoseconds.rounding(seconds: 2.1e9) == nil)
        let values = series.values(
            windowStarts: [-1_900_000_000_000_000_000, 1_900_000_000_000_000_000],
            binNanoseconds: 60_000_000_000, binCount: 2)
        #expect(values.filter { !$0.isFinite } == [])
    }
}
