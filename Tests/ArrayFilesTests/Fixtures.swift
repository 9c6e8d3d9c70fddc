import Foundation
import TestSupport
import Testing

@testable import ArrayFiles

/// Files that numpy and scipy wrote, with what is in them by formula: see make_fixtures.py.
struct FixtureFolder: CustomTestStringConvertible {
    let path: String
    let testDescription: String

    /// The files of the repository, and those that the script writes here where Python has what it needs.
    static let all: [FixtureFolder] = {
        let committed = FixtureFolder(
            path: (Bundle.module.resourceURL?.path ?? "") + "/Fixtures", testDescription: "committed")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/make_fixtures.py").path
        guard let fresh = Python.folder(writtenBy: script) else { return [committed] }
        return [committed, FixtureFolder(path: fresh, testDescription: "written just now")]
    }()

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Entry n of an array of shape 2 × 3 × 4, in row-major order.
enum FixtureValues {
    static let shape = [2, 3, 4]

    static func doubles(_ kind: Character) -> [Double] {
        (0..<24).map { n in
            switch kind {
            case "b": n % 3 == 0 ? 1 : 0
            case "i": Double(n - 5)
            case "u": Double(n)
            default: Double(n - 5) / 4
            }
        }
    }
}

/// Reads all that is there, whatever comes of it. A crash is what a test of damaged files looks for.
func readEverything(in file: some ArrayContainer) {
    _ = try? file.remarks()
    for name in (try? file.arrayNames()) ?? [] {
        _ = try? file.shape(of: name)
        _ = try? file.elementKind(of: name)
        _ = try? file.floats(name)
        _ = try? file.integers(name)
        _ = try? file.strings(name)
    }
}

/// Copies of a file that are cut off at every `step`-th byte, and copies with one bit flipped.
func damagedCopies(
    of path: String, step: Int, flips: Int, _ body: (_ copy: String, _ damage: String) throws -> Void
) throws {
    let whole = try bytes(of: path)
    try withTemporaryFolder { folder in
        let copy = folder + "/copy" + (path.hasSuffix(".npy") ? ".npy" : "")
        for length in stride(from: 0, to: whole.count, by: step) {
            try Data(whole[..<length]).write(to: URL(filePath: copy))
            try body(copy, "cut off after \(length) bytes")
        }
        var state: UInt64 = 7
        for _ in 0..<flips {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let (byte, bit) = (Int(state >> 33) % whole.count, Int(state >> 20) % 8)
            var flipped = whole
            flipped[byte] ^= 1 << bit
            try Data(flipped).write(to: URL(filePath: copy))
            try body(copy, "bit \(bit) of byte \(byte) flipped")
        }
    }
}
