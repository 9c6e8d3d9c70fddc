import Foundation
import Recordings
import TestSupport
import Testing

@testable import Registry

private let complete = """
    session: jango-2016-06-26
    subject: Jango
    date: 2016-06-26
    array: M1
    recording: ../incoming/jango.h5
    format: binned-hdf5
    bin_ms: 50
    source_bin_ms: 10
    signal: continuous
    condition: target
    behavior: [force_x, force_y]
    external_inputs: none
    spikes: counts
    axes: [units, bins, trials]
    units: {min_rate_hz: 0.1}
    split: {valid_every: 5}

    """

private let axesLine = "axes: [units, bins]\n"
private let structArray = """
    session: a
    subject: b
    date: 2016-06-26
    recording: c.mat
    format: mat
    trials: data.R
    spikes: spikeRaster
    axes: [units, bins]
    bins: {first: 60}
    behavior: {hand: [x, y], emg: all}
    scalars: [reactionTime]
    trial_id: trialNumber
    unit_id: electrode

    """

private func read(_ text: String) throws -> RecordingManifest {
    try RecordingManifest(ManifestDocument(text: text, path: "manifests/a.yaml"))
}

@Suite struct RecordingManifestTests {
    @Test func everyKey() throws {
        let manifest = try read(complete)
        #expect(manifest.path == "manifests/a.yaml")
        var expected = RecordingSource(
            path: "manifests/../incoming/jango.h5", format: .binnedHDF5,
            session: "jango-2016-06-26", subject: "Jango", date: "2016-06-26", array: "M1",
            signal: .continuous, binMilliseconds: 50, sourceBinMilliseconds: 10,
            behaviorChannels: ["force_x", "force_y"], units: UnitSelection(minimumRateHz: 0.1),
            split: .everyKthOfCondition(5))
        expected.datasets.spikes = "counts"
        expected.axes = [.units, .bins, .trials]
        expected.datasets.condition = .named("target")
        expected.datasets.externalInputs = .omitted
        #expect(manifest.source == expected)
    }

    @Test func theLeastThatIsNeeded() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "session: a\nsubject: 7\ndate: 2016-06-26\nrecording: x.h5\nformat: lfads-hdf5\n",
            to: "a.yaml")
        let manifest = try RecordingManifest(contentsOf: file)
        #expect(manifest.path == file)
        #expect(
            manifest.source
                == RecordingSource(
                    path: folder.path + "/x.h5", format: .lfadsHDF5, session: "a", subject: "7",
                    date: "2016-06-26"))
    }

    @Test(arguments: [
        ("subject: Jango\n", "", "line 1: the key \"subject\" is missing."),
        (
            "session: jango", "sesion: jango",
            "line 1: the key \"session\" is missing; is \"sesion\" meant to be it?"
        ),
        (
            "behavior:", "behaviour:",
            "line 11: unknown key \"behaviour\"; did you mean \"behavior\"? Known keys: align, array, "
                + "axes, behavior, bin_ms, bins, chop, condition, date, event, event_counts, external_inputs, format, not_observed, "
                + "rates_hz, recording, scalars, session, signal, source_bin_ms, spikes, split, start_s, subject, times, trial_id, trials, "
                + "unit_id, units."
        ),
        (
            "min_rate_hz", "min_rate",
            "line 15: unknown key \"units.min_rate\"; did you mean \"min_rate_hz\"? "
                + "Known keys: held_out, max_coincidence, min_presence, min_rate_hz, omit, unobserved, "
                + "where."
        ),
        (
            "2016-06-26\narray", "2016-06-31\narray",
            "line 3: \"date\" should be a day of the calendar written as YYYY-MM-DD, "
                + "but is \"2016-06-31\"."
        ),
        (
            "binned-hdf5", "binned-hdf",
            "line 6: \"format\" should be one of lfads-hdf5, binned-hdf5, nwb, mat, npz, npy, but is \"binned-hdf\" "
                + "(did you mean \"binned-hdf5\"?)."
        ),
        (
            "subject: Jango", "subject: _",
            "line 2: \"subject\" should be the name of the animal or the participant, but is \"_\", which has "
                + "still to be filled in."
        ),
        (
            "source_bin_ms: 10", "source_bin_ms: _",
            "line 8: \"source_bin_ms\" should be a number of milliseconds, but is \"_\", which has still to "
                + "be filled in."
        ),
        ("bin_ms: 50", "bin_ms: 0", "line 7: \"bin_ms\" should be a number above 0, but is \"0\"."),
        (
            "continuous", "count",
            "line 9: \"signal\" should be one of counts, continuous, but is \"count\" "
                + "(did you mean \"counts\"?)."
        ),
        (
            "[force_x, force_y]", "force_x",
            "line 11: \"behavior\" should be a list of channels or \"none\", but is \"force_x\"."
        ),
        (
            "force_y", "force_x",
            "line 11: \"behavior[2]\" should be a name that the list doesn't give before, "
                + "but is \"force_x\"."
        ),
        (
            "units, bins", "bins, bins",
            "line 14: \"axes\" should be trials, bins and units, each once, but is a list."
        ),
        (
            "0.1", "-1",
            "line 15: \"units.min_rate_hz\" should be a number of at least 0.0, but is \"-1\"."
        ),
        (
            "valid_every: 5", "valid_every: 1",
            "line 16: \"split.valid_every\" should be a whole number of at least 2, but is \"1\"."
        ),
        (
            "{valid_every: 5}", "{valid_every: 5, test_every: 1}",
            "line 16: \"split.test_every\" should be a whole number of at least 2, but is \"1\"."
        ),
        (
            "{valid_every: 5}", "random",
            "line 16: \"split\" should be \"file\", {valid_every: 5} or "
                + "{valid_every: 5, test_every: 5}, but is \"random\"."
        ),
    ])
    func mistakes(_ right: String, _ wrong: String, _ message: String) throws {
        let text = complete.replacingOccurrences(of: right, with: wrong)
        #expect(text != complete)
        #expect(words { try read(text) } == "manifests/a.yaml, \(message)")
    }

    @Test func aSplitMayHaveATestPart() throws {
        func split(_ text: String) throws -> TrialSplit? {
            try read(complete.replacingOccurrences(of: "{valid_every: 5}", with: text)).source.split
        }
        #expect(try split("{valid_every: 4, test_every: 7}") == .everyKthOfCondition(4, testEvery: 7))
        #expect(try split("{test_every: 7}") == .everyKthOfCondition(5, testEvery: 7))
        #expect(try split("{valid_every: 4}") == .everyKthOfCondition(4, testEvery: nil))
    }

    @Test func partsThatAreLeftOutByName() throws {
        let source = try read(
            complete.replacingOccurrences(of: "target", with: "none")
                .replacingOccurrences(of: "[force_x, force_y]", with: "none")
                .replacingOccurrences(of: "{valid_every: 5}", with: "file")
                .replacingOccurrences(of: "inputs: none", with: "inputs: cues")
        ).source
        #expect(source.datasets.condition == .omitted)
        #expect(source.datasets.behavior == .omitted && source.behaviorChannels == nil)
        #expect(source.datasets.externalInputs == .named("cues"))
        #expect(source.split == .fromFile)
    }

    @Test func trialsOfAStructArray() throws {
        let source = try read(structArray).source
        #expect(source.format == .mat && source.trialStructure == "data.R" && source.trialBins == .first(60))
        #expect(source.axes == [.units, .bins] && source.datasets.spikes == "spikeRaster")
        #expect(source.datasets.trialIdentifiers == .named("trialNumber"))
        #expect(source.datasets.unitIdentifiers == .named("electrode"))
        #expect(
            source.behaviorDatasets == [.init("hand", channels: ["x", "y"]), .init("emg", channels: nil)])
        #expect(source.behaviorChannels == nil && source.trialScalars == ["reactionTime"])
        #expect(
            try read(structArray.replacingOccurrences(of: "first: 60", with: "last: 7")).source.trialBins
                == .last(7))
        #expect(try read(structArray.replacingOccurrences(of: axesLine, with: "")).source.axes == [])
    }

    @Test(arguments: [
        (
            "[units, bins]", "[units, trials]",
            "line 8: \"axes\" should be units and bins, each once, since trials are no axis of it, but is a "
                + "list."
        ),
        ("format: mat", "format: npz", "line 6: \"trials\" has no meaning for the format npz."),
        (
            "trials: data.R\n", "",
            "line 8: \"bins\" has no meaning without trials, since all trials of an array are equally long."
        ),
        (
            "first: 60", "first: 60, last: 3",
            "line 9: \"bins\" should be either {first: 60} or {last: 60}, but is keys with values."
        ),
        (
            "{first: 60}", "{}",
            "line 9: \"bins\" should be either {first: 60} or {last: 60}, but is keys with values."
        ),
        (
            "first: 60", "frist: 60",
            "line 9: unknown key \"bins.frist\"; did you mean \"first\"? Known keys: first, last."
        ),
        (
            "first: 60", "first: 0",
            "line 9: \"bins.first\" should be a whole number of at least 1, but is \"0\"."
        ),
        (
            "emg: all", "emg: some",
            "line 10: \"behavior.emg\" should be a list of channels or \"all\", but is \"some\"."
        ),
        (
            "emg: all", "emg: none",
            "line 10: \"behavior.emg\" should be a list of channels or \"all\", but is \"none\"."
        ),
    ])
    func mistakesInStructArrays(_ right: String, _ wrong: String, _ message: String) {
        let text = structArray.replacingOccurrences(of: right, with: wrong)
        #expect(text != structArray)
        #expect(words { try read(text) } == "manifests/a.yaml, \(message)")
    }

    // MARK: Continuous arrays with a table of trials

    private static let course = """
        session: a
        subject: b
        date: 2016-06-26
        recording: c.mat
        format: mat
        spikes: spikeratedata
        axes: [bins, units]
        start_s: -0.5
        trials: {table: trial_table, columns: [start, go, target], where: {target: [1, 2]}}
        align: {event: go, before_ms: 250, after_ms: 450}
        condition: [target]
        scalars: [start]

        """

    @Test func trialsOfACourse() throws {
        let source = try read(Self.course).source
        #expect(source.axes == [.bins, .units] && source.trialStructure == nil)
        #expect(source.trialTable == "trial_table" && source.trialColumns == ["start", "go", "target"])
        #expect(source.trialFilters == [.init(column: "target", values: ["1", "2"])])
        #expect(source.eventWindow == .init(event: "go", beforeMilliseconds: 250, afterMilliseconds: 450))
        #expect(source.conditionColumns == ["target"] && source.trialScalars == ["start"])
        #expect(source.startSeconds == -0.5 && source.datasets.times == .omitted)
        let timed = try read(Self.course.replacingOccurrences(of: "start_s: -0.5", with: "times: t")).source
        #expect(timed.startSeconds == 0 && timed.datasets.times == .named("t"))
        let file = try read(
            Self.course.replacingOccurrences(of: "format: mat", with: "format: binned-hdf5")
                .replacingOccurrences(of: "axes: [bins, units]\n", with: "")
                .replacingOccurrences(of: "condition: [target]", with: "condition: target")
        ).source
        #expect(file.axes == [.bins, .units] && file.conditionColumns == ["target"])
    }

    @Test(arguments: [
        (
            "[bins, units]", "[trials, bins, units]",
            "line 7: \"axes\" should be units and bins, each once, since trials are no axis of it, but is a list."
        ),
        (
            "start_s: -0.5", "start_s: 1\ntimes: t",
            "line 8: \"start_s\" and \"times\" exclude each other: both say when bins begin."
        ),
        (
            "table: trial_table, ", "",
            "line 9: \"trials.columns\" needs \"table\", the name of the matrix whose columns they are."
        ),
        (
            "[start, go, target]", "[start, go, go]",
            "line 9: \"trials.columns[3]\" should be a name that the list doesn't give before, but is \"go\"."
        ),
        (
            "align: {event: go, before_ms: 250, after_ms: 450}", "",
            "line 9: \"trials\" should be the name of a struct array, or, beside \"align\", keys with values, but "
                + "is keys with values."
        ),
        (
            "condition: [target]", "bins: {first: 3}",
            "line 11: \"bins\" has no meaning without trials, since all "
                + "trials of an array are equally long."
        ),
        (
            "condition: [target]", "chop: {window_ms: 100}",
            "line 10: \"align\" and \"chop\" exclude each other: trials "
                + "around an event, or windows over the whole recording."
        ),
        (
            "condition: [target]", "event: {name: go, at_ms: 10}",
            "line 11: \"event\" and \"align\" exclude each other: both say around which event trials are cut."
        ),
    ])
    func mistakesInCourses(_ right: String, _ wrong: String, _ message: String) {
        let text = Self.course.replacingOccurrences(of: right, with: wrong)
        #expect(text != Self.course)
        #expect(words { try read(text) } == "manifests/a.yaml, \(message)")
    }

    // MARK: Spike times in arrays

    private static let triplets = """
        session: a
        subject: b
        date: 2016-06-26
        recording: c.npz
        format: npz
        bin_ms: 20
        spikes: {table: triplets, columns: [k, n, t], trials: k, units: n, times: t}
        align: {before_ms: 0, after_ms: 500}
        condition: stimulus

        """

    @Test func spikeTimesInArrays() throws {
        let source = try read(Self.triplets).source
        #expect(
            source.spikeTimes
                == .init(times: "t", units: "n", trials: "k", table: "triplets", columns: ["k", "n", "t"]))
        #expect(source.eventWindow == .init(event: nil, beforeMilliseconds: 0, afterMilliseconds: 500))
        #expect(source.conditionColumns == ["stimulus"] && source.datasets.spikes == "spikes")
    }

    @Test(arguments: [
        ("trials: k, ", "", "line 8: the key \"align.event\" is missing."),
        ("times: t}", "time: t}", "line 7: the key \"spikes.times\" is missing; is \"time\" meant to be it?"),
        (
            "align: {before_ms: 0, after_ms: 500}", "",
            "line 7: \"spikes\" names spike times, from which \"align\" cuts trials; it is missing."
        ),
        (
            "condition: stimulus", "axes: [units, bins]",
            "line 9: \"axes\" has no meaning beside spike times, which are counted in bins of bin_ms."
        ),
        (
            "table: triplets, ", "",
            "line 7: \"spikes.columns\" needs \"table\", the name of the matrix whose columns they are."
        ),
        (
            "condition: stimulus", "units: {where: {quality: good}}",
            "line 9: \"units.where\" has no meaning beside spike times; omit names units."
        ),
    ])
    func mistakesInSpikeTimes(_ right: String, _ wrong: String, _ message: String) {
        let text = Self.triplets.replacingOccurrences(of: right, with: wrong)
        #expect(text != Self.triplets)
        #expect(words { try read(text) } == "manifests/a.yaml, \(message)")
    }

    @Test func keysOfOtherFormats() {
        func message(_ format: String, _ more: String) -> String {
            words {
                try read(
                    "session: a\nsubject: b\ndate: 2024-01-15\nrecording: c\nformat: \(format)\n\(more)\n")
            }
        }
        #expect(
            message("npy", "spikes: x")
                == "manifests/a.yaml, line 6: \"spikes\" has no meaning for the format npy.")
        #expect(
            message("nwb", "spikes: {times: t, units: u}\nalign: {event: go, before_ms: 0, after_ms: 100}")
                == "manifests/a.yaml, line 6: \"spikes\" has no meaning for the format nwb.")
        #expect(
            message("npy", "behavior: [x]")
                == "manifests/a.yaml, line 6: \"behavior\" should name files for the format npy, such as "
                + "{force.npy: [x, y]}.")
        #expect(
            message("lfads-hdf5", "behavior: {force: all}")
                == "manifests/a.yaml, line 6: \"behavior\" should be a list of channels for the format "
                + "lfads-hdf5.")
        #expect(
            message("lfads-hdf5", "scalars: [a]")
                == "manifests/a.yaml, line 6: \"scalars\" has no meaning for the format lfads-hdf5.")
        #expect(throws: Never.self) {
            try read("session: a\nsubject: b\ndate: 2024-01-15\nrecording: c\nformat: npy\nbehavior: none\n")
        }
    }

    @Test func whatWasNotObservedHasToBeSaid() throws {
        #expect(try read(complete).source.notObserved == nil)
        func reading(_ word: String) throws -> RecordingManifest {
            try read(complete.replacingOccurrences(of: "signal: continuous", with: "not_observed: \(word)"))
        }
        #expect(try reading("nan").source.notObserved == .nan)
        #expect(
            words { try reading("NaN") }
                == "manifests/a.yaml, line 9: \"not_observed\" should be one of nan, but is \"NaN\" "
                + "(did you mean \"nan\"?).")
        #expect(
            words {
                try read(
                    "session: a\nrecording: b.nwb\nformat: nwb\nbin_ms: 10\nnot_observed: nan\n"
                        + "align: {event: go, before_ms: 0, after_ms: 100}\n")
            } == "manifests/a.yaml, line 5: \"not_observed\" has no meaning for the format nwb.")
    }

    @Test func eventsOfTrialsAndOfBehaviour() throws {
        func reading(_ words: String) throws -> RecordingSource {
            try read("session: a\nrecording: b.nwb\nformat: nwb\nbin_ms: 10\n\(words)\n").source
        }
        let source = try reading(
            "align: {event: go, relative_to: start_time, before_ms: 0, after_ms: 100, margin_ms: 50}\n"
                + "event_counts: [licks, left_times]")
        #expect(
            source.eventWindow
                == .init(
                    event: "go", relativeTo: "start_time", beforeMilliseconds: 0, afterMilliseconds: 100,
                    marginMilliseconds: 50))
        #expect(source.eventCounts == ["licks", "left_times"])
        #expect(
            words { try reading("align: {event: go, before_ms: 0, after_ms: 100, margin_ms: -1}") }
                == "manifests/a.yaml, line 5: \"align.margin_ms\" should be a number of at least 0.0, but is \"-1\"."
        )
        #expect(
            words { try read(complete + "event_counts: [licks]\n") }.hasSuffix(
                "\"event_counts\" has no meaning for the format binned-hdf5."))
    }

    @Test func whetherValuesAreRates() throws {
        #expect(try read(complete).source.ratesInHertz == nil)
        func reading(_ words: String) throws -> Bool? {
            try read(complete.replacingOccurrences(of: "signal: continuous", with: words)).source.ratesInHertz
        }
        #expect(try reading("rates_hz: true") == true && reading("rates_hz: false") == false)
        #expect(
            words { try reading("rates_hz: 20") }
                == "manifests/a.yaml, line 9: \"rates_hz\" should be true or false, but is \"20\".")
        #expect(
            words { try reading("signal: continuous\nrates_hz: true") }
                == "manifests/a.yaml, line 10: \"rates_hz\" has no meaning beside signal: continuous, which is no "
                + "counts.")
    }

    @Test func onlyBinnedFilesNameTheirSpikes() {
        #expect(
            words {
                try read(
                    complete.replacingOccurrences(of: "binned-hdf5", with: "lfads-hdf5")
                        .replacingOccurrences(of: "axes: [units, bins, trials]\n", with: ""))
            }
                == "manifests/a.yaml, line 13: \"spikes\" has no meaning for the format lfads-hdf5.")
    }
}
