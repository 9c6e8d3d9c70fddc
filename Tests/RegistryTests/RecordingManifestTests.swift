import Foundation
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
    units: {min_rate_hz: 0.1}
    split: {valid_every: 5}

    """

private func read(_ text: String) throws -> RecordingManifest {
    try RecordingManifest(ManifestDocument(text: text, path: "manifests/a.yaml"))
}

@Suite struct RecordingManifestTests {
    @Test func everyKey() throws {
        let manifest = try read(complete)
        #expect(manifest.session == "jango-2016-06-26")
        #expect(manifest.subject == "Jango")
        #expect(manifest.date == "2016-06-26")
        #expect(manifest.array == "M1")
        #expect(manifest.recording == "manifests/../incoming/jango.h5")
        #expect(manifest.format == .binnedHDF5)
        #expect(manifest.binMilliseconds == 50)
        #expect(manifest.sourceBinMilliseconds == 10)
        #expect(manifest.signal == .continuous)
        #expect(manifest.condition == .named("target"))
        #expect(manifest.behavior == .named(["force_x", "force_y"]))
        #expect(manifest.externalInputs == .absent)
        #expect(manifest.spikes == "counts")
        #expect(manifest.minimumRateHz == 0.1)
        #expect(manifest.split == .validEvery(5))
    }

    @Test func theLeastThatIsNeeded() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "session: a\nsubject: 7\ndate: 2016-06-26\nrecording: /x.h5\nformat: lfads-hdf5\n",
            to: "a.yaml")
        let manifest = try RecordingManifest(contentsOf: file)
        #expect(manifest.subject == "7")
        #expect(manifest.recording == "/x.h5")
        #expect(manifest.format == .lfadsHDF5)
        #expect(manifest.signal == .counts)
        #expect(manifest.array == nil && manifest.binMilliseconds == nil && manifest.spikes == nil)
        #expect(manifest.sourceBinMilliseconds == nil && manifest.minimumRateHz == nil)
        #expect(manifest.condition == .automatic && manifest.behavior == .automatic)
        #expect(manifest.externalInputs == .automatic && manifest.split == nil)
    }

    @Test(arguments: [
        ("subject: Jango\n", "", "line 1: the key \"subject\" is missing."),
        (
            "session: jango", "sesion: jango",
            "line 1: the key \"session\" is missing; is \"sesion\" meant to be it?"
        ),
        (
            "behavior:", "behaviour:",
            "line 11: unknown key \"behaviour\"; did you mean \"behavior\"? Known keys: array, "
                + "behavior, bin_ms, condition, date, external_inputs, format, recording, session, "
                + "signal, source_bin_ms, spikes, split, subject, units."
        ),
        (
            "min_rate_hz", "min_rate",
            "line 14: unknown key \"units.min_rate\"; did you mean \"min_rate_hz\"? "
                + "Known keys: min_rate_hz."
        ),
        (
            "2016-06-26\narray", "2016-06-31\narray",
            "line 3: \"date\" should be a day of the calendar written as YYYY-MM-DD, "
                + "but is \"2016-06-31\"."
        ),
        (
            "binned-hdf5", "binned-hdf",
            "line 6: \"format\" should be one of lfads-hdf5, binned-hdf5, but is \"binned-hdf\" "
                + "(did you mean \"binned-hdf5\"?)."
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
            "line 11: \"behavior[2]\" should be a channel that the list doesn't name before, "
                + "but is \"force_x\"."
        ),
        (
            "0.1", "-1",
            "line 14: \"units.min_rate_hz\" should be a number of at least 0.0, but is \"-1\"."
        ),
        (
            "valid_every: 5", "valid_every: 1",
            "line 15: \"split.valid_every\" should be a whole number of at least 2, but is \"1\"."
        ),
        (
            "{valid_every: 5}", "random",
            "line 15: \"split\" should be \"file\" or {valid_every: 5}, but is \"random\"."
        ),
    ])
    func mistakes(_ right: String, _ wrong: String, _ message: String) throws {
        let text = complete.replacingOccurrences(of: right, with: wrong)
        #expect(text != complete)
        #expect(words { try read(text) } == "manifests/a.yaml, \(message)")
    }

    @Test func partsThatAreLeftOutByName() throws {
        let manifest = try read(
            complete.replacingOccurrences(of: "target", with: "none")
                .replacingOccurrences(of: "[force_x, force_y]", with: "none")
                .replacingOccurrences(of: "{valid_every: 5}", with: "file"))
        #expect(manifest.condition == .absent)
        #expect(manifest.behavior == .absent)
        #expect(manifest.split == .file)
    }
}
