import ArrayFiles
import Foundation
import TestSupport
import Testing

@Suite struct HDF5FileErrorTests {
    let row = ShapedArray<Float>(shape: [3], values: [1, 2, 3])

    @Test func filesThatAreNoHDF5Files() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/a.h5"
            #expect(words { _ = try HDF5File.open(path) } == "There is no file at \(path).")
            try AtomicFile.write(Array("trial,count\n".utf8), to: path)
            #expect(words { _ = try HDF5File.open(path) } == "\(path) is not an HDF5 file.")
            try AtomicFile.write([UInt8](), to: path)
            #expect(words { _ = try HDF5File.open(path) } == "\(path) is not an HDF5 file.")
            #expect(
                words { _ = try HDF5File.open(folder) }
                    == "\(folder) can't be read: it is not a regular file.")
        }
    }

    @Test(arguments: [1, 5]) func truncatedFile(fifthsKept: Int) throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/truncated.h5"
            try HDF5File.write(to: path) {
                try $0.write(
                    ShapedArray<Float>(shape: [5000], values: .init(repeating: 1, count: 5000)),
                    to: "x")
            }
            let whole = try bytes(of: path)
            try AtomicFile.write(Array(whole[..<(whole.count * fifthsKept / 5 - 1)]), to: path)
            #expect(
                words { _ = try HDF5File.open(path) }
                    == "\(path) begins like an HDF5 file but can't be opened: it is truncated or "
                    + "damaged. Copy it again from its source.")
        }
    }

    /// A lock that goes away is waited for: a process that is being started holds those of its parent.
    @Test func aLockThatStaysIsNamedAndOneThatGoesIsNot() throws {
        let folder = try TemporaryFolder()
        let path = folder.location("locked.h5")
        try HDF5File.write(to: path) { try $0.write(row, to: "x") }
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        #expect(
            words { _ = try HDF5File.open(path) }
                == "\(path) can't be read: another process has it open for writing.")
        Thread.detachNewThread {
            usleep(60_000)
            flock(descriptor, LOCK_UN)
        }
        _ = try HDF5File.open(path)
    }

    @Test func missingDatasetListsTheOthersNearestFirst() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/names.h5"
            try HDF5File.write(to: path) { file in
                for name in ["behavior", "spike", "trial_id", "group/spikes_raw"] {
                    try file.write(row, to: name)
                }
            }
            let file = try HDF5File.open(path)
            #expect(
                words { _ = try file.floats("spikes") }
                    == "\(path) has no dataset \"spikes\"; it holds, nearest name first: "
                    + "spike, trial_id, behavior, group/spikes_raw.")
            #expect(words { _ = try file.shape(of: "group") }.hasPrefix("\(path) has no dataset"))
            try HDF5File.write(to: path) { try $0.createGroup("x") }
            #expect(
                words { _ = try HDF5File.open(path).floats("spikes") }
                    == "\(path) has no dataset \"spikes\"; it holds no datasets at all.")
        }
    }

    @Test func wrongTypes() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/types.h5"
            try HDF5File.write(to: path) { file in
                try file.write(row, to: "floats")
                try file.write(ShapedArray(shape: [1], values: ["a"]), to: "texts")
                try file.write(ShapedArray<Int32>(shape: [2], values: [256, -1]), to: "wholes")
            }
            let file = try HDF5File.open(path)
            #expect(
                words { _ = try file.integers("floats") }
                    == "\"floats\" in \(path) should hold whole numbers but holds "
                    + "floating-point numbers.")
            #expect(
                words { _ = try file.floats("texts") }
                    == "\"texts\" in \(path) should hold numbers but holds text.")
            #expect(
                words { _ = try file.strings("wholes") }
                    == "\"wholes\" in \(path) should hold text but holds whole numbers.")
            #expect(
                words { _ = try file.bytes("wholes") }
                    == "\"wholes\" in \(path) holds whole numbers outside 0 to 255.")
        }
    }

    @Test func failedWriteLeavesTheOldFileAlone() throws {
        struct Interruption: Error {}
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/kept.h5"
            try HDF5File.write(to: path) { try $0.write(row, to: "x") }
            let before = try bytes(of: path)
            #expect(throws: Interruption.self) {
                try HDF5File.write(to: path) { file in
                    try file.write(row, to: "y")
                    throw Interruption()
                }
            }
            #expect(try bytes(of: path) == before)
            #expect(try names(in: folder) == ["kept.h5"])
        }
    }

    @Test func refusedWrites() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/a.h5"
            #expect(
                words { try HDF5File.write(to: folder + "/none/a.h5") { _ in } }
                    == "\(folder)/none/a.h5 can't be written: No such file or directory.")
            #expect(
                words {
                    try HDF5File.write(to: path) {
                        try $0.write(row, to: "x")
                        try $0.write(row, to: "x")
                    }
                } == "\(path) can't be written: it holds a \"x\" already.")
            #expect(
                words {
                    try HDF5File.write(to: path) {
                        try $0.write(row, to: "x")
                        try $0.write(row, to: "x/y")
                    }
                } == "\(path) can't be written: HDF5 refuses the dataset \"x/y\".")
            var escaped: HDF5File?
            try HDF5File.write(to: path) { escaped = $0 }
            #expect(
                words { try escaped?.write(row, to: "x") }
                    == "\(path) can't be written: it has been closed.")
            #expect(
                words { try HDF5File.open(path).setAttribute("a", to: 1) }
                    == "\(path) can't be written: it was opened for reading only.")
        }
    }

    @Test func equalContentGivesEqualBytes() throws {
        try withTemporaryFolder { (folder) throws in
            func write(_ name: String) throws -> [UInt8] {
                try HDF5File.write(to: folder + name) { file in
                    try file.write(
                        ShapedArray<Float>(
                            shape: [100, 40], values: .init(repeating: 2, count: 4000)),
                        to: "group/x", compressed: true)
                    try file.write(ShapedArray(shape: [2], values: ["a", "b"]), to: "texts")
                    try file.setAttribute("names", to: ["u", "v"], of: "group")
                    try file.setAttribute("width", to: 0.05)
                }
                return try bytes(of: folder + name)
            }
            let first = try write("/first.h5")
            // A stored time would have another second by then.
            Thread.sleep(forTimeInterval: 1.1)
            #expect(try write("/second.h5") == first)
        }
    }

    @Test func extentsThatNoFileOfItsSizeCanHoldAreRefused() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/huge.h5"
            try HDF5File.write(to: path) {
                try $0.write(
                    ShapedArray<Float>(shape: [3, 5], values: .init(repeating: 1, count: 15)),
                    to: "x")
            }
            // The extents as they stand in the file: rank 2, then 3 and 5 as 64-bit numbers.
            var content = try bytes(of: path)
            let extents: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]
            let places = content.indices.filter {
                $0 + 16 <= content.count && Array(content[$0..<$0 + 16]) == extents
            }
            #expect(!places.isEmpty)
            for place in places { content[place + 5] = 1 }
            try AtomicFile.write(content, to: path)
            let limit = 1 << 30 + 1100 * content.count
            let bytes = (3 + (1 << 40)) * 5 * 4
            #expect(
                words { _ = try HDF5File.open(path).floats("x") }
                    == "\"x\" in \(path) says that it takes \(bytes) bytes; at most \(limit) are "
                    + "read. The file is damaged, or has to be split.")
        }
    }
}
