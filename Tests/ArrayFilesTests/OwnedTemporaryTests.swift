import Foundation
import TestSupport
import Testing

@testable import ArrayFiles

@Suite("Temporary files and folders, and whose they are")
struct OwnedTemporaryTests {
    @Test("what belongs to somebody stays, what belongs to nobody goes")
    func ownership() throws {
        try withTemporaryFolder { folder in
            let file = try OwnedTemporary.file(for: "\(folder)/day.h5")
            let other = try OwnedTemporary.file(for: "\(folder)/day.h5")
            let place = try OwnedTemporary.folder(in: folder, for: "day")
            try Data().write(to: URL(fileURLWithPath: "\(place.path)/half"))
            #expect(Set([file.path, other.path, place.path]).count == 3)
            let all = try names(in: folder)
            #expect(all.allSatisfy { $0.wholeMatch(of: /\.?day(\.h5)?\.[0-9a-f]{16}\.partial/) != nil })
            OwnedTemporary.removeAbandoned(in: folder) { _ in true }
            #expect(try names(in: folder) == all)
            // As when their processes end.
            for item in [file, place] { item.disown() }
            OwnedTemporary.removeAbandoned(in: folder)
            #expect(try names(in: folder).count == 2)
            OwnedTemporary.removeAbandoned(in: folder) { _ in true }
            #expect(try names(in: folder) == [URL(fileURLWithPath: other.path).lastPathComponent])
            other.remove()
            #expect(try names(in: folder) == [])
        }
    }

    @Test("what versions up to 0.2.0 left goes; what only looks like it stays")
    func olderNames() throws {
        try withTemporaryFolder { folder in
            let old = [".day.123.partial", ".day.123.read.partial", ".day.123.read.partial.45.partial"]
            let others = [
                ".day.12x.partial", ".day.20240115.partial", "day.123.partial", "day.partial", "day.h5",
                "notes.0123456789abcdef.partial.txt",
            ]
            for name in old + others { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
            OwnedTemporary.removeAbandoned(in: folder) { _ in true }
            #expect(try names(in: folder) == others.sorted())
        }
    }

    @Test("writing a file removes what was left by a process that was killed while it wrote the same one")
    func writing() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.csv"
            for name in ["a.csv.0123456789abcdef.partial", "b.csv.0123456789abcdef.partial"] {
                try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
            try AtomicFile.write([1], to: path)
            #expect(try names(in: folder) == ["a.csv", "b.csv.0123456789abcdef.partial"])
            // While a file is written, nobody takes it away.
            try HDF5File.write(to: path) { file in
                OwnedTemporary.removeAbandoned(in: folder) { _ in true }
                try file.write(ShapedArray<Float>(shape: [2], values: [1, 2]), to: "x")
            }
            #expect(try HDF5File.open(path).floats("x").values == [1, 2])
        }
    }

    @Test("what is taken away can be put back, in full")
    func taking() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/run"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data([7]).write(to: URL(fileURLWithPath: "\(path)/file"))
            let taken = try #require(try OwnedTemporary.taking(path))
            #expect(try OwnedTemporary.taking(path) == nil)
            OwnedTemporary.removeAbandoned(in: folder) { _ in true }
            try taken.putBack(to: path)
            #expect(try bytes(of: "\(path)/file") == [7])
            try #require(try OwnedTemporary.taking(path)).remove()
            #expect(try names(in: folder) == [])
        }
    }
}
