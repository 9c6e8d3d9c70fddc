import Foundation
import TestSupport
import Testing

@testable import ArrayFiles

@Suite("Digests of files in the files themselves")
struct FileSealTests {
    private func write(sealed: Bool, to path: String) throws {
        try HDF5File.write(to: path, sealed: sealed) { file in
            try file.write(ShapedArray<Float>(shape: [40], values: (0..<40).map(Float.init)), to: "x")
        }
    }

    @Test("a sealed file is read by HDF5 as any other, and is the same file every time")
    func sound() throws {
        try withTemporaryFolder { folder in
            for (name, sealed) in [("a", true), ("b", true), ("c", false)] {
                try write(sealed: sealed, to: "\(folder)/\(name)")
            }
            let files = try ["a", "b", "c"].map { try bytes(of: "\(folder)/\($0)") }
            #expect(files[0] == files[1])
            #expect(Array(files[0].dropLast(85)) == files[2])
            #expect(try FileSeal.state(of: "\(folder)/a") == .sound)
            #expect(try FileSeal.state(of: "\(folder)/c") == .unsealed)
            #expect(try HDF5File.open("\(folder)/a").floats("x").values.last == 39)
            #expect(throws: ArrayFileError.missingFile(path: "\(folder)/d")) {
                try FileSeal.state(of: "\(folder)/d")
            }
        }
    }

    @Test("every single flipped bit is found, in the bytes and in the seal")
    func flippedBits() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a"
            try write(sealed: true, to: path)
            let sound = try bytes(of: path)
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            for place in sound.indices {
                try handle.seek(toOffset: UInt64(place))
                try handle.write(contentsOf: [sound[place] ^ (1 << UInt8(place % 8))])
                #expect(try FileSeal.read(path) == .broken, "byte \(place)")
                try handle.seek(toOffset: UInt64(place))
                try handle.write(contentsOf: [sound[place]])
            }
            #expect(try FileSeal.read(path) == .sound)
        }
    }

    @Test("a file that changes in place is read again")
    func changed() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a"
            try write(sealed: true, to: path)
            usleep(50_000)
            #expect(try FileSeal.state(of: path) == .sound)
            var changed = try bytes(of: path)
            changed[1000] ^= 1
            try Data(changed).write(to: URL(fileURLWithPath: path))
            #expect(try FileSeal.state(of: path) == .broken)
        }
    }
}
