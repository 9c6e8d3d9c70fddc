import Foundation
import Recordings
import Registry
import TestSupport
import Testing

@testable import Synthesis

struct ReachingWorldWritingTests {
    @Test(arguments: RecordingFile.Export.allCases)
    func filesAreReadBackThroughTheirManifests(format: RecordingFile.Export) throws {
        try withTemporaryFolder { folder in
            let world = try smallReaching {
                $0.sessions = 2
                $0.mirroredSession = 1
                $0.lackingShare = 1
            }
            let files = try world.write(to: folder + "/made", format: format)
            #expect(files.days.map(\.session) == ["reaching-2024-01-15", "reaching-2024-01-17"])
            for (day, recording) in zip(files.days, try world.recordings()) {
                #expect(day.trials == recording.trialCount && day.units == recording.units.count)
                let back = try Recording.read(RecordingManifest(contentsOf: day.manifest).source)
                #expect(back.values == recording.values && back.trials == recording.trials)
                #expect(back.units == recording.units && back.trueRates == recording.trueRates)
                // Amplitude, time of the input and true condition stay in the file.
                #expect(
                    back.behaviorNames
                        == ["velocity_x", "velocity_y", "reaction_time"]
                        + ReachingDynamics.latentNames)
            }
            let lacking = (0..<8).filter { condition in
                !world.trials(day: 0).contains { $0.condition == condition }
            }
            #expect(
                try String(contentsOfFile: files.days[0].manifest, encoding: .utf8).hasPrefix(
                    """
                    # A synthetic day; true rates are in the recording.
                    # lacking_conditions: \(lacking[0]),\(lacking[1])
                    session: reaching-2024-01-15

                    """))
            #expect(
                try String(contentsOfFile: files.stitchManifest, encoding: .utf8) == """
                    # Stitches the synthetic days; what isn't said here has a default.
                    run: reaching-2days
                    sessions:
                      - reaching-2024-01-15
                      - reaching-2024-01-17
                    seed: 1

                    """)
        }
    }

    /// The bytes of a file are those of another day's run of the program.
    @Test func filesAreTheSameByteForByte() throws {
        try withTemporaryFolder { folder in
            let first = try smallReaching().write(to: folder + "/a")
            let second = try smallReaching { $0.sessions = 4 }.write(to: folder + "/b")
            for (a, b) in zip(first.days, second.days) {
                for (one, other) in [(a.recording, b.recording), (a.manifest, b.manifest)] {
                    #expect(
                        try Data(contentsOf: URL(fileURLWithPath: one))
                            == Data(contentsOf: URL(fileURLWithPath: other)))
                }
            }
        }
    }

    private func words(_ change: (inout ReachingSettings) -> Void) -> String {
        TestSupport.words { _ = try smallReaching(.dense, change) }
    }

    @Test func whatCannotBeIsNamed() {
        let start = "synthetic recordings can't be made with "
        #expect(words { $0.sessions = 0 } == start + "sessions 0; expected 1 to 10000.")
        #expect(words { $0.conditions = 1 } == start + "conditions 1; expected 2 to 1000.")
        #expect(
            words { $0.trials = 20...60 }
                == start
                + "trials 20-60; expected 40 to 100000, so that of every condition some are held out.")
        #expect(
            words { $0.lackedConditions = 8 }
                == start + "lacked conditions 8; expected 0 to 7, so that a day has one.")
        #expect(
            words { $0.cueMilliseconds = 2000 }
                == start
                + "cue 2000.0; expected milliseconds within the trial, 0 to 1600.0.")
        #expect(
            words { $0.reactionMilliseconds = 1400 }
                == start + "reaction time 1400.0; expected 1 to the 1300.0 milliseconds from the cue to "
                + "the end of the trial.")
        #expect(
            words { $0.keptShare = 1.5 } == start + "kept units 1.5; expected a share from 0 to 1.")
        #expect(
            words { $0.mislabelledShare = .nan }
                == start + "mislabelled nan; expected a share from 0 to 1.")
        #expect(
            words { ($0.mergedShare, $0.absentShare) = (0.5, 0.5) }
                == start + "merged and absent units 1.0; expected a share below 0.9 together, so that "
                + "units are left.")
        #expect(
            words { $0.mirroredSession = 3 }
                == start + "mirrored session 4; expected 1 to the number of sessions, 3.")
        #expect(
            words { $0.gainDriftWithin = -0.1 }
                == start + "gain drift within days -0.1; expected 0 to 2.")
        #expect(
            words { $0.subject = "a/b" }
                == "the subject \"a/b\" can't be part of a file's name: \"/\" is none of letters, "
                + "digits, \".\", \"_\" and \"-\".")
        #expect(
            words { $0.firstDate = "2024-02-30" }
                == "\"2024-02-30\" is no date of the first session; expected YYYY-MM-DD, e.g. "
                + "2024-01-15.")
    }
}
