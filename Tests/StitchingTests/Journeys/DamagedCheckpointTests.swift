import ArrayFiles
import Foundation
import LFADS
import Registry
import TestSupport
import Testing

@testable import Stitching

@Suite("Checkpoints whose bytes are not those that were written")
struct DamagedCheckpointTests {
    /// NEUROSTITCH_FUZZ_CASES sets how many bits are flipped (400); NEUROSTITCH_FUZZ_SEED where to begin.
    private static let environment = ProcessInfo.processInfo.environment
    private static let caseCount = environment["NEUROSTITCH_FUZZ_CASES"].flatMap(Int.init) ?? 400
    private static let seed = environment["NEUROSTITCH_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

    @Test("one flipped bit anywhere is an error, whoever reads")
    func flippedBits() throws {
        try ExchangeWorld.withRun { registry, _ in
            let folder = RunFolder(registry.workspace, run: "small")
            let path = folder.checkpoint
            let sound = try bytes(of: path)
            let header = try Checkpoint.readHeader(path)
            let table = ParameterTable(header.settings.model, sessions: header.sessions.map(\.shape))
            let error = StitchingError.damagedCheckpoint(path: path)
            var state = Self.seed &* 0x9E37_79B9_7F4A_7C15 | 1
            for _ in 0..<Self.caseCount {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                let place = Int(state >> 4) % sound.count
                var damaged = sound
                damaged[place] ^= 1 << UInt8(state & 7)
                try Data(damaged).write(to: URL(fileURLWithPath: path))
                #expect(throws: error, "byte \(place)") { try Checkpoint.readHeader(path) }
                #expect(throws: error, "byte \(place)") { try Checkpoint.read(path, table: table) }
                #expect(throws: error, "byte \(place)") { try TrainedRun("small", in: registry) }
                #expect(throws: error, "byte \(place)") { try Checkpoint.readTrajectories(path) }
            }
            #expect(
                try RunVerification.all(in: registry, names: []).map(\.problem)
                    == ["the file's bytes are not those that were written"])
            try Data(sound).write(to: URL(fileURLWithPath: path))
            _ = try TrainedRun("small", in: registry)
        }
    }

    @Test("a file that has lost its digest is told from one that never had one")
    func lostDigest() throws {
        try ExchangeWorld.withRun { registry, _ in
            let path = RunFolder(registry.workspace, run: "small").checkpoint
            let sound = try bytes(of: path)
            for length in [sound.count - 85, sound.count - 40, sound.count - 1, sound.count / 2, 100, 0] {
                try Data(sound.prefix(length)).write(to: URL(fileURLWithPath: path))
                #expect(throws: (any Error).self, "\(length) bytes") { try TrainedRun("small", in: registry) }
            }
        }
    }

    @Test("a checkpoint without a digest, of an older version, is read as it is")
    func withoutDigest() throws {
        let older = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/written-by-0.1.0").standardizedFileURL
        let paths = FileManager.default.enumerator(atPath: older.path)?.compactMap { $0 as? String } ?? []
        let checkpoints = paths.filter { $0.hasSuffix("checkpoint.h5") }
        #expect(!checkpoints.isEmpty)
        for checkpoint in checkpoints {
            let path = older.appending(path: checkpoint).path
            #expect(try FileSeal.read(path) == .unsealed)
            _ = try Checkpoint.readHeader(path)
        }
    }
}
