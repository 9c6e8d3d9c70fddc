import ArrayFiles
import Foundation
import Testing

/// The event that trials are cut around, from the manifest to factor files.
@Suite(.timeLimit(.minutes(5))) struct EventTests {
    @Test func factorFilesCountFromTheEvent() throws {
        let lab = try Lab()
        try lab.succeed("init")
        try lab.writeDay(0, manifest: "event: {name: go_cue, at_ms: 30}")
        try lab.writeDay(1)
        try lab.succeed("register", "day0.session.yaml", "day1.session.yaml")
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        for file in ["f.h5", "f.json", "f.npz", "f.csv"] {
            try lab.succeed("factors", "toy", "day0", "--quantity", "factors", "--output", file)
        }
        let factors = try HDF5File.open(lab.location("f.h5"))
        let starts = try factors.doubles("time_ms").values
        let fromEvent = try factors.doubles("time_from_event_ms").values
        #expect(starts.count > 3 && fromEvent == starts.map { $0 - 30 })
        #expect(try factors.stringAttribute("event", of: "time_from_event_ms") == "go_cue")
        #expect(try factors.numberAttribute("event_ms", of: "time_from_event_ms") == 30)
        let json = try #require(
            try JSONSerialization.jsonObject(with: lab.bytes("f.json")) as? [String: Any])
        #expect(json["event"] as? String == "go_cue" && json["event_ms"] as? Double == 30)
        #expect(json["time_from_event_ms"] as? [Double] == fromEvent)
        let table = try lab.text("f.csv").split(separator: "\n")
        #expect(table[0].hasPrefix("trial_index,trial_id,condition,split,bin,time_ms,time_from_event_ms,"))
        #expect(table[1].split(separator: ",", omittingEmptySubsequences: false)[6].hasPrefix("-30"))

        // Where no event is known, nothing is said of one.
        for file in ["g.h5", "g.json", "g.csv"] {
            try lab.succeed("factors", "toy", "day1", "--quantity", "factors", "--output", file)
        }
        #expect(try !HDF5File.open(lab.location("g.h5")).exists("time_from_event_ms"))
        #expect(try !lab.text("g.json").contains("event"))
        #expect(try !lab.text("g.csv").contains("time_from_event_ms"))
    }

    @Test func whatSaysItTwiceIsRefused() throws {
        let lab = try Lab()
        try lab.succeed("init")
        try lab.writeDay(0, manifest: "event: {name: go_cue}")
        let outcome = try lab.run("register", "day0.session.yaml")
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("the key \"event.at_ms\" is missing"))
    }
}
