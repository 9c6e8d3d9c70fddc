import ArrayFiles
import TestSupport
import Testing

@testable import Recordings

/// Files that are as they should be, but not as most are.
@Suite struct NWBWaysOutTests {
    private func refusal(
        _ file: SmallNWB, _ change: (inout RecordingSource) -> Void = { _ in }
    ) -> String {
        words { _ = try read(file, change) }.replacing(/[^ ]*small\.nwb/, with: "FILE")
    }

    // MARK: Trials

    /// The last trial was never ended.
    @Test func aTrialWithoutAnEnd() throws {
        let expected = try read(SmallNWB())
        var file = SmallNWB()
        file.stops[9] = .nan
        file.starts[4] = .nan
        #expect(try read(file).contentHash == expected.contentHash)
        // What is known holds all the same.
        file.events[9] = 26
        #expect(try read(file).trials.map(\.identifier) == Array(0..<9))
        file.events[9] = 28
        file.stops[3] = .infinity
        #expect(refusal(file) == "FILE: trials/stop_time, entry 3 is inf, which is no time in seconds.")
    }

    @Test func eventsSinceTheTrialsStart() throws {
        let expected = try read(SmallNWB())
        var file = SmallNWB()
        file.events = zip(file.events, file.starts).map { $0 - $1 }
        #expect(refusal(file).contains("set relative_to: start_time in align"))
        let day = try read(file) { $0.eventWindow?.relativeTo = "start_time" }
        #expect(day.contentHash == expected.contentHash)
        #expect(day.provenance["align"] == "go_time after start_time, from 200 ms before to 300 ms after")
        let unknown = refusal(file) { $0.eventWindow?.relativeTo = "start" }
        #expect(
            unknown.hasPrefix(
                "FILE: the table \"trials\" has no column \"start\"; it has, nearest name first: start_time"))
    }

    /// A cue in the time between trials.
    @Test func eventsShortlyBeforeTheTrial() throws {
        var file = SmallNWB()
        file.events = file.starts.enumerated().map { $1 - 0.1 - Double($0) / 100 }
        file.events[0] = 1
        #expect(
            refusal(file)
                == "FILE: in 9 of 10 trials go_time is not within the trial; in row 1 it is 2.89, and the trial runs "
                + "from 3 to 5 s. If events may be a little outside, set margin_ms: 190 in align; otherwise choose "
                + "another column or correct the file.")
        let day = try read(file) { $0.eventWindow?.marginMilliseconds = 190 }
        #expect(day.trialCount == 10 && day.provenance["left_out_trials"] == nil)
        // As many as are outside by more are left out.
        let some = try read(file) { $0.eventWindow?.marginMilliseconds = 155 }
        #expect(some.trials.map(\.identifier) == Array(0..<6))
        #expect(some.provenance["left_out_trials"] == "4 with go_time outside the trial")
    }

    // MARK: Dates

    @Test(arguments: ["1900-01-01T00:00:00+00:00", "1970-01-01T00:00:00+00:00"])
    func aDateThatIsNone(_ start: String) throws {
        var file = SmallNWB()
        file.startTime = start
        let day = try read(file) { $0.date = "2019-05-06" }
        #expect(day.date == "2019-05-06" && day.provenance["nwb.session_start_time"] == start)
        #expect(try read(file) { $0.date = "" }.date == String(start.prefix(10)))
        file.startTime = "2019-05-07T00:00:00+00:00"
        #expect(
            refusal(file) { $0.date = "2019-05-06" }
                == "FILE says that its date is 2019-05-07, the manifest says 2019-05-06. Correct the manifest, or "
                + "leave the key out.")
    }

    // MARK: Events as behaviour

    /// In bins of 100 ms that begin at 0.8, 3.8, …
    private static let licks = [0.79, 0.8, 0.85, 0.9, 1.29, 1.3, 3.8, 27.85, 27.85]

    private func expectCounts(_ day: Recording) {
        var expected = [Float](repeating: 0, count: 50)
        expected[0] = 2
        expected[1] = 1
        expected[4] = 1
        expected[5] = 1
        expected[45] = 2
        #expect(day.behavior == expected)
    }

    @Test func timesWithoutValues() throws {
        var file = SmallNWB()
        file.extra = { file in
            try file.createGroup("acquisition")
            try file.createGroup("acquisition/licks")
            try file.write(column(Self.licks), to: "acquisition/licks/timestamps")
        }
        let day = try read(file) { $0.eventCounts = ["licks"] }
        #expect(day.behaviorNames == ["licks"])
        #expect(day.provenance["behavior.licks"] == "acquisition/licks, events in each bin")
        expectCounts(day)
        #expect(
            refusal(file) { $0.behaviorChannels = ["licks"] }
                == "FILE: the time series \"acquisition/licks\" can't be used: it has times and no values, as events "
                + "have; name it under event_counts instead.")
        #expect(
            refusal(file) { $0.eventCounts = ["lick"] }
                == "FILE has no time series \"lick\"; it has, nearest name first: licks.")
    }

    @Test func aListOfTimesInEveryTrial() throws {
        var file = SmallNWB()
        file.columns["lick_times"] = []
        file.extra = { file in
            try file.write(
                column([Int64(6)] + [7, 7, 7, 7, 7, 7, 7, 9, 9]), to: "intervals/trials/lick_times_index")
        }
        // Written as a column of trials it would have an entry each.
        file.columns["lick_times"] = Self.licks
        expectCounts(try read(file) { $0.eventCounts = ["lick_times"] })
    }

    /// As many files have them: a series that is 1 wherever something happened.
    @Test func eventsWithOneValue() throws {
        var file = SmallNWB()
        file.series = [
            .init(
                name: "lick", shape: [8], values: [Float](repeating: 1, count: 8),
                times: [0.8, 0.85, 0.9, 1.29, 3.8, 27.85, 27.86, 40])
        ]
        #expect(
            refusal(file)
                == "FILE: the time series \"processing/behavior/lick\" can't be used: all of its 8 samples are 1, at "
                + "uneven times, as those of events are. Count them with event_counts, or leave it out by naming "
                + "others under behavior.")
        let day = try read(file) { $0.eventCounts = ["lick"] }
        #expect(day.behaviorNames == ["lick"])
        expectCounts(day)
        #expect(
            refusal(file) {
                $0.eventCounts = ["lick"]
                $0.trialScalars = ["go_time"]
                $0.eventWindow = .init(event: "go_time", beforeMilliseconds: -500, afterMilliseconds: 600)
            }
                == "FILE: the time series \"processing/behavior/lick\" can't be used: none of its events is in a "
                + "window: events are from 0.8 to 40, windows from 1.5 to 28.5 s of the recording's clock.")
    }
}
