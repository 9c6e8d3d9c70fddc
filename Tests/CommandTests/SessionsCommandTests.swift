import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct SessionsCommandTests {
    @Test func sessionsAreListedByDateWhateverTheOrderOfRegistration() throws {
        let lab = try Lab.withSessions([2, 0])
        #expect(
            try lab.succeed("sessions").output == """
                session  subject  date        trials  bins  bin ms  units  conditions  revision
                day0     Toy      2025-01-01      20    10      10      5           4         1
                day2     Toy      2025-01-03      20    10      10      7           4         1

                """)
        let late = try lab.succeed("sessions", "--from", "2025-01-02", "--to", "2025-01-03", "--json")
        let rows = try #require(try late.json() as? [[String: Any]])
        #expect(rows.map { $0["name"] as? String } == ["day2"])
    }

    @Test func filtersThatCannotBeMeantAreRefused() throws {
        let lab = try Lab.withSessions([0])
        let subject = try lab.run("sessions", "--subject", "Toi")
        #expect(subject.status == 66)
        #expect(
            subject.errors
                == "error: Subject \"Toi\" is not among the 1 registered; did you mean \"Toy\"?\n")
        #expect(try lab.run("sessions", "--from", "2025-02-30").status == 64)
        let swapped = try lab.run("sessions", "--from", "2025-02-02", "--to", "2025-02-01")
        #expect(swapped.status == 64)
        #expect(swapped.errors.contains("--to (2025-02-01) lies before --from (2025-02-02)."))
    }

    @Test func showHasUnitsConditionsAndHashes() throws {
        let lab = try Lab.withSessions([1])
        let text = try lab.succeed("sessions", "show", "day1").output
        #expect(text.contains("20 trials of 10 bins of 10 ms (10 encoded), counts\n"))
        #expect(text.contains("\nc3             4      1\n"))
        let details = try #require(
            try lab.succeed("sessions", "show", "day1", "--json").json() as? [String: Any])
        let units = try #require(details["units"] as? [[String: Any]])
        #expect(units.map { $0["name"] as? String } == ["10", "11", "12", "13", "14", "15"])
        // Rates lie between those of no and of four and a half spikes in a bin of 10 ms.
        for unit in units {
            let rate = try #require(unit["meanRateHz"] as? Double)
            #expect(rate > 0 && rate < 450)
        }
        let conditions = try #require(details["conditions"] as? [[String: Any]])
        #expect(conditions.map { $0["train"] as? Int } == [4, 4, 4, 4])
        #expect(conditions.map { $0["valid"] as? Int } == [1, 1, 1, 1])
        let provenance = try #require(details["provenance"] as? [String: String])
        #expect(provenance["path"] == "day1.h5")
    }

    @Test(arguments: [["show"], ["verify"]]) func anUnknownSession(_ command: [String]) throws {
        let lab = try Lab.withSessions([0])
        let outcome = try lab.run(["sessions"] + command + ["dya0"])
        #expect(outcome.status == 66)
        #expect(
            outcome.errors
                == "error: Session \"dya0\" is not among the 1 registered; did you mean \"day0\"?\n")
    }

    @Test func verifyFindsAFlippedByteAndAMissingFile() throws {
        let lab = try Lab.withSessions([0, 1, 2, 3])
        let sound = try lab.succeed("sessions", "verify")
        #expect(
            sound.output == """
                session  revision  file                state
                day0            1  recordings/day0.h5  sound
                day1            1  recordings/day1.h5  sound
                day2            1  recordings/day2.h5  sound
                day3            1  recordings/day3.h5  sound

                """)
        var bytes = try lab.bytes("sessions/recordings/day1.h5")
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: lab.location("sessions/recordings/day1.h5")))
        for day in [2, 3] {
            try FileManager.default.removeItem(
                atPath: lab.location("sessions/recordings/day\(day).h5"))
        }
        try FileManager.default.createDirectory(
            atPath: lab.location("sessions/recordings/day3.h5"), withIntermediateDirectories: false)

        let broken = try lab.run("sessions", "verify")
        #expect(broken.status == 65)
        #expect(
            broken.output == """
                session  revision  file                state
                day0            1  recordings/day0.h5  sound
                day1            1  recordings/day1.h5  the file's bytes have changed since it was registered
                day2            1  recordings/day2.h5  the file is missing
                day3            1  recordings/day3.h5  the file can't be read: it is not a regular file

                """)
        #expect(
            broken.errors
                == "error: 3 of 4 files are not what was registered; register the original recordings "
                + "again to repair them, or restore the files from a backup\n")
        #expect(try lab.run("sessions", "verify", "day0").status == 0)
        #expect(try lab.run("sessions", "verify", "day1", "--json").status == 65)

        // Whatever stands on a broken file stops, too, and no run is left behind.
        try lab.writeStitch()
        let stitch = try lab.run("stitch", "toy.stitch.yaml")
        #expect(stitch.status == 65)
        #expect(
            stitch.errors
                == "error: session day1: the content of recordings/day1.h5 is not what was registered; "
                + "register it again with the original recording to repair it, or restore the file "
                + "from a backup\n")
        #expect(try lab.succeed("runs").output.hasPrefix("no run has been started yet"))

        // What the messages advise works.
        try FileManager.default.removeItem(atPath: lab.location("sessions/recordings/day3.h5"))
        let repaired = try lab.succeed(
            ["register"] + (0..<4).map { "day\($0).session.yaml" })
        #expect(
            repaired.output.split(separator: "\n").map { $0.prefix { $0 != ":" } } == [
                "unchanged day0 (revision 1)", "repaired day1 (revision 1)",
                "repaired day2 (revision 1)", "repaired day3 (revision 1)",
            ])
        #expect(try lab.succeed("sessions", "verify").output == sound.output)
        #expect(
            try lab.files(in: "sessions/recordings") == ["day0.h5", "day1.h5", "day2.h5", "day3.h5"])
        try lab.succeed("stitch", "toy.stitch.yaml")
    }
}
