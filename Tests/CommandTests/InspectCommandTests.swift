import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct InspectCommandTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "RecordingsTests/Fixtures")

    private func lab(with name: String) throws -> Lab {
        let lab = try Lab.withSessions([])
        try FileManager.default.copyItem(
            atPath: Self.fixtures.appending(path: name).path, toPath: lab.location(name))
        return lab
    }

    // The manifest to start from is one that can be registered, where nothing in the file is ambiguous.
    @Test(arguments: [
        ("mc_maze.nwb", "registered jenkins-2009-09-18 (revision 1): 11 trials, 70 bins of 10 ms, 6 units"),
        ("dmfc_rsg.nwb", "registered haydn-2009-09-18 (revision 1): 10 trials, 70 bins of 10 ms, 3 units"),
        ("area2_bump.nwb", "registered han-2009-09-18 (revision 1): 12 trials, 70 bins of 10 ms, 4 units"),
    ])
    func manifestsOfNWBFiles(_ name: String, _ registered: String) throws {
        let lab = try lab(with: name)
        let outcome = try lab.run("inspect", name, "--manifest")
        #expect(outcome.status == 0 && outcome.errors == "")
        try lab.write(outcome.output, to: "day.yaml")
        let registration = try lab.run("register", "day.yaml")
        #expect(registration.status == 0, "\(registration.errors)\n\(outcome.output)")
        #expect(registration.output.hasPrefix(registered), "\(registration.output)")
    }

    @Test func whatAFileLeavesOpenIsRefusedWithTheChoices() throws {
        let lab = try lab(with: "continuous.nwb")
        try lab.write(try lab.run("inspect", "continuous.nwb", "--manifest").output, to: "day.yaml")
        let outcome = try lab.run("register", "day.yaml")
        #expect(outcome.status == 65)
        #expect(
            outcome.errors.contains("Choose units: {unobserved: drop-units} or {unobserved: drop-trials}."))
        #expect(try lab.files(in: "sessions/recordings") == [])
        try lab.write(
            try lab.text("day.yaml").replacingOccurrences(
                of: "{min_rate_hz: 0.1}", with: "{min_rate_hz: 0.1, unobserved: drop-trials}"),
            to: "day.yaml")
        #expect(try lab.run("register", "day.yaml").status == 0)
        let shown = try lab.run("sessions", "show", "rex-2009-09-18")
        #expect(shown.output.contains("nwb.session_start_time: 2009-09-18T12:00:00+00:00"))
    }

    @Test func tablesAndSeriesAreListedWithExamples() throws {
        let lab = try lab(with: "mc_maze.nwb")
        let outcome = try lab.run("inspect", "mc_maze.nwb")
        for line in [
            "mc_maze.nwb: format nwb", "nwb.subject.species: Macaca mulatta", "units: 6 rows",
            "trials: 14 rows",
        ] {
            #expect(outcome.output.split(separator: "\n").contains { $0 == line }, "\(line)")
        }
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.contains { $0.first == "trial_type" && $0.suffix(3) == ["0,", "1,", "2"] })
        #expect(lines.contains { $0.first == "processing/behavior/hand_pos" && $0.contains("4325") })
        let json = try #require(try lab.run("inspect", "--json", "mc_maze.nwb").json() as? [String: Any])
        #expect(json["format"] as? String == "nwb")
        #expect((json["series"] as? [Any])?.count == 2)
    }

    @Test(arguments: [
        ("v7.mat", "trials: R"), ("v73.mat", "trials: R"), ("day.npz", "spikes: spikes_btu"),
        ("spikes_tbu.npy", "axes: [_, _, _]   # trials, bins and units, in the order of 10 × 4 × 3"),
    ])
    func arraysByName(_ name: String, _ line: String) throws {
        let lab = try lab(with: name)
        let outcome = try lab.run("inspect", name)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains(line), "\(outcome.output)")
        #expect(outcome.output.contains(name.hasSuffix(".npy") ? "spikes_tbu.npy" : "spikes_tbu"))
    }

    // Nothing in an array says which axis is which.
    @Test func axesHaveToBeFilledIn() throws {
        let lab = try lab(with: "day.npz")
        try lab.write(
            try lab.run("inspect", "day.npz", "--manifest").output
                .replacing("subject: _", with: "subject: Rex").replacing("date: _", with: "date: 2024-01-15"),
            to: "day.yaml")
        let outcome = try lab.run("register", "day.yaml")
        #expect(outcome.status == 78)
        #expect(
            outcome.errors.hasPrefix(
                "error: day.yaml, line 7: \"axes[1]\" should be one of trials, bins, units, but is \"_\""),
            "\(outcome.errors)")
    }

    @Test func otherFilesAreRefused() throws {
        let lab = try Lab()
        try lab.write("trial,bin\n", to: "a.csv")
        let outcome = try lab.run("inspect", "a.csv")
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("a.csv is not an HDF5, NWB, MATLAB, .npz or .npy file"))
        #expect(try lab.run("inspect", "b.nwb").status == 66)
        // A pipe without a writer would wait for ever.
        #expect(mkfifo(lab.location("pipe"), 0o600) == 0)
        #expect(try lab.run("inspect", "pipe").status == 65)
    }
}
