import Foundation
import TestSupport
import Testing

/// Damaged copies of an exported model, imported as a user would: each becomes a run or is refused with a message and an
/// exit code; the program never crashes or hangs, and nothing is left of those that are refused.
///
/// NEUROSTITCH_FUZZ_CASES sets how many (80); NEUROSTITCH_FUZZ_SEED where to begin.
struct DamagedModelTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let caseCount = environment["NEUROSTITCH_FUZZ_CASES"].flatMap(Int.init) ?? 80
    private static let firstSeed = environment["NEUROSTITCH_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

    @Test(.timeLimit(.minutes(60))) func damagedModelsAreReadOrRefused() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        try lab.succeed("export", "toy", "-o", "sound.h5")
        let sound = try lab.bytes("sound.h5")
        var (imported, refused) = (0, 0)
        for seed in Self.firstSeed..<(Self.firstSeed + UInt64(Self.caseCount)) {
            try Self.damaged(sound, seed).write(to: URL(fileURLWithPath: lab.location("case.h5")))
            let outcome = try lab.run("import", "case.h5", "--as", "case")
            switch outcome.status {
            case 0:
                imported += 1
                try lab.succeed("runs", "delete", "case")
            case 64, 65, 66, 78:
                refused += 1
                #expect(outcome.errors.contains("error: "), "seed \(seed): \(outcome.errors)")
            default: Issue.record("seed \(seed): exit \(outcome.status): \(outcome.errors)")
            }
            #expect(try lab.files(in: "sessions/runs") == ["toy"], "seed \(seed)")
        }
        // A fuzzer that damages nothing that matters, or everything, tests nothing.
        #expect(imported > 0 && refused > Self.caseCount / 4)
    }

    private static func damaged(_ sound: Data, _ seed: UInt64) -> Data {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state >> 1) % max(bound, 1)
        }
        var bytes = sound
        switch next(4) {
        case 0: for _ in 0...next(8) { bytes[next(bytes.count)] ^= 1 << UInt8(next(8)) }
        case 1: for _ in 0...next(3) { bytes[next(4096)] = UInt8(next(256)) }
        case 2:
            let place = next(bytes.count - 8)
            for offset in 0..<8 { bytes[place + offset] = next(4) == 0 ? 0x7F : 0xFF }
        default:
            let (place, count) = (next(bytes.count - 512), 1 + next(512))
            for offset in 0..<count { bytes[place + offset] = 0 }
        }
        return bytes
    }
}
