import Foundation
import Recordings
import Registry
import TestSupport
import Testing

@testable import Synthesis

struct LorenzWorldWritingTests {
    @Test(arguments: RecordingFile.Export.allCases)
    func filesAreReadBackThroughTheirManifests(format: RecordingFile.Export) throws {
        try withTemporaryFolder { folder in
            let world = try smallWorld { $0.sessions = 2 }
            var reported: [String] = []
            let files = try world.write(to: folder + "/made", format: format) {
                reported.append($0.session)
            }
            #expect(reported == ["lorenz-2024-01-15", "lorenz-2024-03-16"])
            #expect(
                try names(in: folder + "/made") == [
                    "lorenz-2024-01-15.h5", "lorenz-2024-01-15.yaml", "lorenz-2024-03-16.h5",
                    "lorenz-2024-03-16.yaml", "lorenz.stitch.yaml",
                ])
            let recordings = try world.recordings()
            for (day, recording) in zip(files.days, recordings) {
                let manifest = try RecordingManifest(contentsOf: day.manifest)
                let source = manifest.source
                #expect(source.session == recording.session && source.subject == "Lorenz")
                #expect(source.date == recording.date && source.format.rawValue == format.rawValue)
                #expect(source.binMilliseconds == 20 && source.split == .fromFile)
                #expect(source.path == day.recording)
                let back = try Recording.read(source)
                #expect(back.contentHash == recording.contentHash)
            }
        }
    }

    @Test func theManifestsSayOnlyWhatIsNeeded() throws {
        try withTemporaryFolder { folder in
            let files = try smallWorld {
                $0.sessions = 2
                $0.binMilliseconds = 12.5
            }.write(to: folder)
            #expect(
                try String(contentsOfFile: files.days[0].manifest, encoding: .utf8) == """
                    # A synthetic day; true rates are in the recording.
                    session: lorenz-2024-01-15
                    subject: "Lorenz"
                    date: 2024-01-15
                    recording: lorenz-2024-01-15.h5
                    format: binned-hdf5
                    bin_ms: 12.5
                    behavior: [latent_x, latent_y, latent_z]
                    split: file

                    """)
            #expect(
                try String(contentsOfFile: files.stitchManifest, encoding: .utf8) == """
                    # Stitches the synthetic days; what isn't said here has a default.
                    run: lorenz-2days
                    sessions:
                      - lorenz-2024-01-15
                      - lorenz-2024-03-16
                    seed: 1
                    model: {fac_dim: 8, ic_dim: 64}

                    """)
            let document = try ManifestDocument(contentsOf: files.stitchManifest)
            #expect(try document.root.required("run").text() == "lorenz-2days")
            #expect(
                try SessionSelection(document.root.required("sessions"))
                    == .names(["lorenz-2024-01-15", "lorenz-2024-03-16"]))
        }
    }

    @Test func aFileInTheWayIsNamed() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/taken"
            try Data([1]).write(to: URL(fileURLWithPath: path))
            do {
                _ = try smallWorld().write(to: path)
                Issue.record("nothing was thrown")
            } catch let error as SynthesisError {
                #expect(error.description.hasPrefix("the folder \(path) can't be made: "))
            }
        }
    }

    private func words(_ change: (inout LorenzSettings) -> Void) -> String {
        TestSupport.words { _ = try smallWorld(change) }
    }

    @Test func whatCannotBeIsNamed() {
        let start = "synthetic recordings can't be made with "
        #expect(words { $0.sessions = 0 } == start + "sessions 0; expected 1 to 10000.")
        let split = "expected 2 to the trials per condition, 10, so that both parts have trials."
        #expect(words { $0.validEvery = 11 } == start + "valid every 11; " + split)
        #expect(words { $0.validEvery = 1 } == start + "valid every 1; " + split)
        #expect(
            words { $0.unitCounts = [] }
                == start + "units []; expected a number for every session, or one for all.")
        #expect(
            words { $0.binMilliseconds = -.infinity }
                == start + "bin width -inf; expected milliseconds above 0 and at most 1000000.")
        #expect(
            words { $0.firstDate = "2024-02-30" }
                == "\"2024-02-30\" is no date of the first session; expected YYYY-MM-DD, e.g. "
                + "2024-01-15.")
        #expect(
            words { $0.firstDate = "9999-12-01" }
                == start + "days between 61; expected fewer, so that the last session is before "
                + "the year 10000.")
        #expect(
            words { $0.subject = "a/b" }
                == "the subject \"a/b\" can't be part of a file's name: \"/\" is none of letters, "
                + "digits, \".\", \"_\" and \"-\".")
    }
}
