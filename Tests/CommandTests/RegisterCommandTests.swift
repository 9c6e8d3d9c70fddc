import ArrayFiles
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct RegisterCommandTests {
    @Test func anUnknownKeyIsNamedWithItsLineAndTheNearestKey() throws {
        let lab = try Lab.withSessions([])
        try lab.writeDay(0, manifest: "behaviour: [x]")
        let outcome = try lab.run("register", "day0.session.yaml")
        #expect(outcome.status == 78)
        #expect(
            outcome.errors.hasPrefix(
                "error: day0.session.yaml, line 6: unknown key \"behaviour\"; did you mean \"behavior\"?"))
        #expect(outcome.output == "")
        #expect(try lab.files(in: "sessions/recordings") == [])
    }

    @Test func aManifestThatIsNotThere() throws {
        let lab = try Lab.withSessions([])
        let outcome = try lab.run("register", "day7.session.yaml")
        #expect(outcome.status == 66)
        #expect(
            outcome.errors
                == "error: The manifest day7.session.yaml can't be read: there is no such file.\n")
    }

    /// With the program that waits the one that reads ends too, and nothing of it stays.
    @Test func killedWhileReading() throws {
        let lab = try Lab.withSessions([])
        let values = (0..<500 * 200 * 300).map { UInt8($0 % 3) }
        try HDF5File.write(to: lab.location("day0.h5")) { file in
            try file.write(
                ShapedArray(shape: [500, 200, 300], values: values), to: "spikes", compressed: true)
            try file.setAttribute("bin_ms", to: 10.0)
        }
        try lab.writeManifest(0)
        let running = try lab.start(["register", "day0.session.yaml"])
        let deadline = Date().addingTimeInterval(60)
        while try lab.readers().isEmpty, running.process.isRunning, Date() < deadline { usleep(2000) }
        let started = try lab.readers()
        #expect(started.count == 1)
        running.send(SIGKILL)
        #expect(try running.finish().status == SIGKILL)
        while try !lab.readers().isEmpty, Date() < deadline { usleep(10000) }
        let left = try lab.readers()
        #expect(left == [])
        #expect(try lab.files(in: "sessions/recordings") == [])
        // What an older program, or a machine that lost power, left goes with the next registration.
        try lab.write("half", to: "sessions/recordings/.day0.4194305.read.partial")
        try lab.write("half", to: "sessions/recordings/.day0.4194305.read.partial.4194306.partial")
        try lab.writeDay(0)
        try lab.succeed("register", "day0.session.yaml")
        #expect(try lab.files(in: "sessions/recordings") == ["day0.h5"])
    }

    @Test func aRecordingThatIsNotThere() throws {
        let lab = try Lab.withSessions([])
        try lab.writeManifest(0)
        let outcome = try lab.run("register", "day0.session.yaml")
        #expect(outcome.status == 66)
        #expect(outcome.errors == "error: There is no file at day0.h5.\n")
    }

    @Test func aRecordingThatIsNoHDF5File() throws {
        let lab = try Lab.withSessions([])
        try lab.writeManifest(0)
        try lab.write("trial,bin,unit\n", to: "day0.h5")
        let outcome = try lab.run("register", "day0.session.yaml")
        #expect(outcome.status == 65)
        #expect(outcome.errors == "error: day0.h5 is not an HDF5 file.\n")
        #expect(try lab.files(in: "sessions/recordings") == [])
    }

    @Test func theDaysBeforeABrokenOneStayRegistered() throws {
        let lab = try Lab.withSessions([])
        try lab.writeDay(0)
        try lab.writeManifest(1)
        let outcome = try lab.run("register", "day0.session.yaml", "day1.session.yaml")
        #expect(outcome.status == 66)
        #expect(
            outcome.output
                == "registered day0 (revision 1): 20 trials, 10 bins of 10 ms, 5 units, 4 conditions\n")
        #expect(try lab.files(in: "sessions/recordings") == ["day0.h5"])
    }

    @Test func asJSONTooTheDaysBeforeABrokenOneAreToldOf() throws {
        let lab = try Lab.withSessions([])
        try lab.writeDay(0)
        try lab.writeManifest(1)
        let outcome = try lab.run("register", "--json", "day0.session.yaml", "day1.session.yaml")
        #expect(outcome.status == 66)
        #expect(outcome.errors == "error: There is no file at day1.h5.\n")
        let rows = try #require(try outcome.json() as? [[String: Any]])
        #expect(rows.map { $0["outcome"] as? String } == ["registered"])
        #expect((rows.first?["session"] as? [String: Any])?["name"] as? String == "day0")
    }

    @Test func theSameContentTwiceChangesNothing() throws {
        let lab = try Lab.withSessions([0])
        let before = try lab.bytes("sessions/recordings/day0.h5")
        let outcome = try lab.succeed("register", "day0.session.yaml")
        #expect(outcome.output.hasPrefix("unchanged day0 (revision 1): "))
        #expect(try lab.bytes("sessions/recordings/day0.h5") == before)
        #expect(try lab.files(in: "sessions/recordings") == ["day0.h5"])
    }

    @Test func otherContentUnderAKnownNameIsRefusedThenKeptAsARevision() throws {
        let lab = try Lab.withSessions([0])
        let before = try lab.bytes("sessions/recordings/day0.h5")
        try lab.writeDay(0, seed: 2)
        let refused = try lab.run("register", "day0.session.yaml")
        #expect(refused.status == 65)
        #expect(refused.output == "")
        #expect(
            refused.errors.hasPrefix(
                "error: Session \"day0\" is registered with other content (revision 1, "))
        #expect(
            refused.errors.hasSuffix(
                "Register it as revision 2 to keep both, or choose another name.\n"
                    + "hint: --revise keeps both, the new one as revision 2\n"))
        #expect(try lab.files(in: "sessions/recordings") == ["day0.h5"])

        let revised = try lab.succeed("register", "--revise", "day0.session.yaml")
        #expect(revised.output.hasPrefix("revised day0 (revision 2): "))
        #expect(try lab.files(in: "sessions/recordings") == ["day0.h5", "day0.r2.h5"])
        #expect(try lab.bytes("sessions/recordings/day0.h5") == before)
        let shown = try lab.succeed("sessions", "show", "day0", "--revision", "1").output
        #expect(shown.hasPrefix("session day0, revision 1 (there is a newer one)\n"))
    }
}

extension Lab {
    /// Processes that read a recording for this lab.
    fileprivate func readers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { process in
            guard Int(process) != nil,
                let folder = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(process)/cwd"),
                folder == URL(filePath: path).resolvingSymlinksInPath().path,
                let command = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
            else { return false }
            return String(decoding: command, as: UTF8.self).contains("read-recording")
        }
    }
}
