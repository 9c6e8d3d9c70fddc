import Foundation
import TestSupport
import Testing

@testable import ArrayFiles

@Suite struct NumpyReadingTests {
    @Test(arguments: FixtureFolder.all, ["stored.npz", "deflated.npz"])
    func everyType(_ folder: FixtureFolder, name: String) throws {
        let file = try NumpyArchive(folder.file(name))
        let numeric = try file.arrayNames().filter { $0.contains("_") && !"Up".contains($0.prefix(1)) }
        #expect(numeric.count == 48)
        for array in numeric {
            let kind = try #require(array.first)
            let values = FixtureValues.doubles(kind)
            #expect(try file.shape(of: array) == FixtureValues.shape, "\(array)")
            #expect(try file.doubles(array).values == values, "\(array)")
            #expect(try file.floats(array).values == values.map { Float($0) }, "\(array)")
            #expect(try file.elementKind(of: array) == (kind == "f" ? .float : .integer), "\(array)")
            if kind == "f" {
                #expect(throws: ArrayFileError.self, "\(array)") { try file.integers(array) }
            } else {
                #expect(try file.integers(array).values == values.map { Int64($0) }, "\(array)")
            }
            #expect(throws: ArrayFileError.self, "\(array)") { try file.strings(array) }
        }
    }

    @Test(arguments: FixtureFolder.all) func textsAndExtremes(_ folder: FixtureFolder) throws {
        let file = try NumpyArchive(folder.file("stored.npz"))
        let texts = ["left", "", "größer", "a b", "\u{1d70b}", "x"]
        for array in ["U_little", "U_big", "S"] {
            #expect(try file.strings(array) == ShapedArray(shape: [2, 3], values: texts), "\(array)")
            #expect(try file.elementKind(of: array) == .string)
            #expect(throws: ArrayFileError.self) { try file.floats(array) }
        }
        let special = try file.floats("special").values
        #expect(special[0].isNaN)
        #expect(special[1...] == [.infinity, -.infinity, 0, 0x1p-24])
        #expect(special[3].sign == .minus)
        #expect(try file.floats("empty") == ShapedArray(shape: [3, 0, 2], values: []))
        #expect(try file.doubles("scalar") == ShapedArray(shape: [], values: [20]))
        #expect(try file.doubles("large").values == [0x1p63])
        #expect(
            words { _ = try file.integers("large") }
                == "\"large\" in \(file.path) holds whole numbers outside -2^63 to 2^63 - 1.")
        #expect(try file.number(named: "scalar") == 20)
        #expect(try file.number(named: "nothing") == nil)
        #expect(try file.texts(named: "names", of: "pi") == ["x", "y"])
        #expect(try file.texts(named: "pi_names", of: nil) == ["x", "y"])
        #expect(try file.remarks() == ["scalar": "20", "large": "9.223372036854776e+18"])
        #expect(
            words { _ = try file.floats("scalars") }.hasPrefix(
                "\(file.path) has no dataset \"scalars\"; it holds, nearest name first: scalar, "))
    }

    // Half precision against its definition: 2^(e − 15) (1 + f / 1024), 2^−24 f where e is 0.
    @Test func everyHalf() {
        for bits in UInt16.min...UInt16.max {
            let (exponent, fraction) = (Double(bits >> 10 & 31), Double(bits & 1023))
            let size =
                exponent == 0 ? fraction * pow(2, -24) : pow(2, exponent - 15) * (1 + fraction / 1024)
            let found = NumpyArray.half(bits)
            if exponent == 31 {
                #expect(fraction == 0 ? found.isInfinite : found.isNaN)
            } else {
                #expect(Double(found) == (bits & 0x8000 == 0 ? size : -size))
            }
        }
    }

    @Test(arguments: FixtureFolder.all) func versions(_ folder: FixtureFolder) throws {
        let file = try NumpyFolder(besides: folder.file("version1.npy"))
        for version in 1...3 {
            #expect(
                try file.doubles("version\(version).npy")
                    == ShapedArray(shape: FixtureValues.shape, values: FixtureValues.doubles("f")))
        }
        #expect(try file.integers("fortran.npy").values == FixtureValues.doubles("i").map { Int64($0) })
        #expect(!file.exists("version1") && file.exists("version1.npy"))
        #expect(
            words { _ = try file.floats("version4.npy") }
                == "\(folder.path) has no dataset \"version4.npy\"; it holds, nearest name first: "
                + "version1.npy, version2.npy, version3.npy, fortran.npy, records.npy, complex.npy, "
                + "objects.npy.")
    }

    @Test func whatIsRefused() throws {
        let folder = try #require(FixtureFolder.all.first)
        let file = try NumpyFolder(besides: folder.file("version1.npy"))
        for (array, found) in [
            ("objects.npy", "Python objects (a pickle)"), ("records.npy", "records (a structured dtype)"),
            ("complex.npy", "complex numbers"),
        ] {
            #expect(
                words { _ = try file.shape(of: array) }
                    == "\"\(array)\" in \(folder.path) holds \(found), which can't be read. "
                    + "Save numbers or text (dtype U or S), with allow_pickle=False.")
        }
        #expect(
            words { _ = try NumpyArchive(folder.file("version1.npy")) }
                == "\(folder.file("version1.npy")) is not a whole zip archive, which .npz files are: it has no "
                + "directory at its end. numpy.savez writes such files; a truncated one has to be copied again."
        )
        #expect(
            words { _ = try file.shape(of: "v6.mat") }
                == "\"v6.mat\" in \(folder.path) is not a numpy array: it begins otherwise. "
                + "numpy.save writes such files.")
        #expect(throws: ArrayFileError.missingFile(path: "/nothing.npy")) {
            try NumpyFolder(besides: "/nothing.npy")
        }
    }

    @Test(arguments: [
        ("(2, 3, 4)", "(4294967296, 4294967296, 4294967296)"), ("(2, 3, 4)", "(9223372036854775808,)"),
        ("(2, 3, 4)", "(0, 9223372036854775807, 4)"), ("(2, 3, 4)", "(-1, 3)"), ("(2, 3, 4)", "(2, 3, 5)"),
        ("(2, 3, 4)", "(__import__('os'), )"), ("'<f4'", "'<f3'"), ("'<f4'", "'<U99999999999999999999'"),
        ("'<f4'", "'<f16'"), ("False", "0"), ("'shape'", "'shapes'"), ("'shape'", "'descr'"),
        ("{", "[{"), ("}", "} + {}"), ("'<f4'", "'<U0'"),
    ])
    func hostileHeaders(right: String, wrong: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.npy"
            let plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 4), }"
            let text = plain.replacingOccurrences(of: right, with: wrong)
            #expect(text != plain)
            let header: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0]
            try AtomicFile.write(header + Array(text.utf8) + [UInt8](repeating: 0, count: 96), to: path)
            let file = try NumpyFolder(besides: path)
            #expect(throws: ArrayFileError.self) { try file.floats("a.npy") }
            #expect(throws: ArrayFileError.self) { try file.strings("a.npy") }
        }
    }

    @Test(arguments: [
        "version1.npy", "version3.npy", "fortran.npy", "objects.npy", "stored.npz", "deflated.npz",
    ])
    func damagedFiles(name: String) throws {
        let folder = try #require(FixtureFolder.all.first)
        // Archives take longer to read, and most of their bytes are data.
        let isArchive = name.hasSuffix("npz")
        try damagedCopies(of: folder.file(name), step: isArchive ? 64 : 1, flips: 200) { copy, damage in
            if isArchive {
                guard let file = try? NumpyArchive(copy) else { return }
                #expect(!damage.hasPrefix("cut"), "\(damage)")
                readEverything(in: file)
            } else {
                let file = try NumpyFolder(besides: copy)
                if damage.hasPrefix("cut") {
                    #expect(throws: ArrayFileError.self, "\(damage)") { try file.floats("copy.npy") }
                }
                readEverything(in: file)
            }
        }
    }

    /// A flipped bit in the data of an archive is told by its checksum.
    /// A stored file that says it takes 2^64 − 1 bytes in the archive, as only the wide fields can.
    @Test func sizesThatOverflow() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/wide.npz"
            func little(_ values: [(UInt64, Int)]) -> [UInt8] {
                values.flatMap { value, count in (0..<count).map { UInt8(value >> UInt64(8 * $0) & 255) } }
            }
            let name = Array("a.npy".utf8)
            let content = [UInt8](repeating: 7, count: 40)
            let fields: [(UInt64, Int)] = [
                (45, 2), (0, 2), (0, 2), (0, 4), (0, 4), (0xffff_ffff, 4), (0xffff_ffff, 4),
            ]
            let wide = little([(1, 2), (16, 2), (40, 8), (.max, 8)])
            let names: [(UInt64, Int)] = [(5, 2), (UInt64(wide.count), 2)]
            let local = little([(0x0403_4b50, 4)] + fields + names) + name + wide + content
            let central =
                little(
                    [(0x0201_4b50, 4), (45, 2)] + fields + names + [(0, 2), (0, 2), (0, 2), (0, 4), (0, 4)])
                + name + wide
            let end = little([
                (0x0605_4b50, 4), (0, 2), (0, 2), (1, 2), (1, 2), (UInt64(central.count), 4),
                (UInt64(local.count), 4), (0, 2),
            ])
            try Data(local + central + end).write(to: URL(fileURLWithPath: path))
            #expect(throws: ArrayFileError.self) { try NumpyArchive(path).floats("a") }
        }
    }

    @Test func checksums() throws {
        let folder = try #require(FixtureFolder.all.first)
        var content = try bytes(of: folder.file("stored.npz"))
        let first = try #require(content.firstRange(of: Array("NUMPY".utf8)))
        content[first.upperBound + 130] ^= 1
        try withTemporaryFolder { temporary in
            try AtomicFile.write(content, to: temporary + "/a.npz")
            let file = try NumpyArchive(temporary + "/a.npz")
            let damaged = try file.arrayNames().filter { (try? file.doubles($0)) == nil }
            #expect(damaged.contains("b1_little"))
            #expect(
                words { _ = try file.doubles("b1_little") }
                    == "\"b1_little\" in \(file.path) is damaged: its compressed data or checksum is wrong. "
                    + "Copy the file again from its source.")
        }
    }

    /// The words are libzip's, not those of an error of the system that may be older.
    @Test func anArchiveThatCannotBeWrittenSaysWhy() {
        let writer = NumpyArchiveWriter()
        writer.add(ShapedArray<Float>(shape: [2], values: [1, 2]), as: "a")
        errno = EISDIR
        #expect(
            throws: ArrayFileError.cannotWrite(
                path: "a.npz", reason: "Failure to create temporary file: No such file or directory")
        ) { try writer.finish(at: "/nowhere/at/all/a.npz", reportedAs: "a.npz") }
        errno = EISDIR
        let error = #expect(throws: ArrayFileError.self) {
            try writer.finish(at: "/dev/null/a.npz", reportedAs: "a.npz")
        }
        #expect(error?.description.hasSuffix(": Not a directory.") == true)
    }
}
