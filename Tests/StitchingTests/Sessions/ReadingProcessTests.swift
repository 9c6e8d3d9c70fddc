import Foundation
import Messages
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// Recordings that are registered by a program other than `neurostitch`, as this one is.
struct ReadingProcessTests {
    private func withRegistry(_ body: (SessionRegistry, _ folder: String) throws -> Void) throws {
        try withTemporaryFolder { try body(try SessionRegistry.create(at: $0 + "/sessions"), $0) }
    }

    private func source(in folder: String) throws -> RecordingSource {
        let day = try TrainedWorld.recordings(sessions: 1)[0]
        let path = "\(folder)/day.h5"
        try RecordingFile.writeBinned(day, to: path)
        return RecordingSource(
            path: path, format: .binnedHDF5, session: "day", subject: "L", date: day.date,
            units: UnitSelection(minimumRateHz: 0.1), split: .fromFile)
    }

    private func writeProgram(_ text: String, to path: String) throws {
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    @Test func aProcessOfItsOwnRegistersWhatThisProcessWould() throws {
        try withRegistry { registry, folder in
            let manifest = try RecordingManifest(source(in: folder))
            let file = registry.workspace.location(of: "recordings/day.h5")
            guard case .added(let session) = try RegisterJourney.register(manifest, in: registry) else {
                Issue.record("the session is new")
                return
            }
            let written = try bytes(of: file)
            #expect(registry.problem(withFileOf: session) == nil)
            #expect(try names(in: folder + "/sessions/recordings") == ["day.h5"])
            #expect(try RegisterJourney.register(manifest, in: registry) == .unchanged(session))

            let other = try SessionRegistry.create(at: folder + "/other")
            _ = try RegisterJourney.register(manifest, in: other, reading: .thisProcess)
            #expect(try bytes(of: other.workspace.location(of: "recordings/day.h5")) == written)
        }
    }

    @Test func whatIsWrongWithAFileComesBackInItsOwnWords() throws {
        try withRegistry { registry, folder in
            var source = try source(in: folder)
            source.path = "\(folder)/nowhere.h5"
            let manifest = RecordingManifest(source)
            #expect(
                throws: ReadingFailure(
                    category: .missingInput, description: "There is no file at \(folder)/nowhere.h5.")
            ) { try RegisterJourney.register(manifest, in: registry) }
            #expect(try registry.sessions(matching: .all).isEmpty)
        }
    }

    @Test func aNameThatCanBecomeNoFileIsRefusedBeforeOneIsMade() throws {
        try withRegistry { registry, folder in
            var source = try source(in: folder)
            source.session = "../day"
            #expect(throws: RegistryError.unsuitableSessionName("../day", problem: "it starts with a dot")) {
                try RegisterJourney.register(
                    RecordingManifest(source), in: registry)
            }
        }
    }

    @Test func aProcessThatCrashesAndAProgramThatIsAnother() throws {
        try withRegistry { registry, folder in
            let manifest = try RecordingManifest(source(in: folder))
            let program = "\(folder)/program"
            func register() throws -> Registration {
                try RegisterJourney.register(
                    manifest, in: registry, reading: .separateProcess(program: program))
            }
            #expect(throws: ReadingProcessError.notAProgram(path: program)) { try register() }
            try writeProgram("kill -SEGV $$", to: program)
            #expect(throws: RecordingError.readingDied(source: manifest.source.path, signal: SIGSEGV)) {
                try register()
            }
            try writeProgram("echo nonsense; exit 3", to: program)
            #expect(throws: ReadingProcessError.noAnswer(program: program, exitCode: 3)) { try register() }
            #expect(try names(in: folder + "/sessions/recordings") == [])
        }
    }

    @Test func theProgramIsThisOneOrLiesBesideItOrOnThePath() throws {
        try withRegistry { _, folder in
            let (beside, onPath) = ("\(folder)/bin", "\(folder)/usr")
            for place in [beside, onPath] {
                try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            }
            func url(_ running: String) throws -> String {
                try ReadingProgram.url(named: nil, running: running, searched: "/nowhere:\(onPath)").path
            }
            #expect(try url("\(beside)/neurostitch") == "/proc/self/exe")
            let error = ReadingProcessError.noProgram(beside: beside)
            #expect(throws: error) { try url("\(beside)/lab") }
            #expect(
                error.description
                    == "Recordings are read by the program \"neurostitch\" in a process of its own, but there "
                    + "is none in \(beside), where this program is, and none on PATH. Install it, name it, or "
                    + "read recordings in this process, which a damaged file may then end.")
            try writeProgram("true", to: "\(onPath)/neurostitch")
            #expect(try url("\(beside)/lab") == "\(onPath)/neurostitch")
            try writeProgram("true", to: "\(beside)/neurostitch")
            #expect(try url("\(beside)/lab") == "\(beside)/neurostitch")
        }
    }
}
