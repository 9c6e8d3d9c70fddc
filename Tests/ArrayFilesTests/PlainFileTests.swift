import Foundation
import TestSupport
import Testing

@testable import ArrayFiles

@Suite struct PlainFileTests {
    @Test func atomicFileReplacesOrLeavesAlone() throws {
        struct Interruption: Error {}
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/note.txt"
            try AtomicFile.write(Data("one".utf8), to: path)
            try AtomicFile.write(Array("two".utf8), to: path)
            #expect(try bytes(of: path) == Array("two".utf8))
            #expect(throws: Interruption.self) {
                try AtomicFile.write(to: path) { file in
                    try file.append(Array("half".utf8))
                    throw Interruption()
                }
            }
            #expect(try bytes(of: path) == Array("two".utf8))
            #expect(try names(in: folder) == ["note.txt"])
            #expect(
                words { try AtomicFile.write([1], to: folder + "/none/a") }
                    == "\(folder)/none/a can't be written: No such file or directory.")
        }
    }

    // Expected bytes: numpy.save of numpy 2.4.6 for the same array.
    @Test func numpyHeaders() throws {
        func text(_ shape: [Int], _ type: String) -> String {
            String(
                decoding: NumpyFile.header(shape: shape, type: type).dropFirst(10), as: UTF8.self)
        }
        let grown = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
        #expect(
            text([2, 3], "<f4") == grown + String(repeating: " ", count: 117 - grown.count) + "\n")
        let flat = "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }"
        #expect(text([3], "<i8") == flat + String(repeating: " ", count: 117 - flat.count) + "\n")
        let scalar = "{'descr': '<f8', 'fortran_order': False, 'shape': (), }"
        #expect(
            text([], "<f8") == scalar + String(repeating: " ", count: 117 - scalar.count) + "\n")
        #expect(
            Array(NumpyFile.header(shape: [3], type: "<i8").prefix(10))
                == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
    }

    @Test func numpyData() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/a.npy"
            try NumpyFile.write(ShapedArray<Float>(shape: [1, 2], values: [1, -2]), to: path)
            #expect(
                Array(try bytes(of: path).dropFirst(128)) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
            try NumpyFile.write(ShapedArray<Int64>(shape: [1], values: [-2]), to: path)
            #expect(
                Array(try bytes(of: path).dropFirst(128)) == [0xFE]
                    + [UInt8](repeating: 255, count: 7))
        }
    }

    @Test func commaSeparatedTable() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/table.csv"
            try CommaSeparatedFile.write(
                header: ["unit, name", "rate \"Hz\"", "n"],
                rows: [
                    [.text("a\nb"), .float(0.1), .integer(-3)],
                    [.text("plain"), .double(0.1 + 0.2), .empty],
                    [.text("a\r\nb"), .float(.nan), .integer(0)],
                ], to: path)
            #expect(
                String(decoding: try bytes(of: path), as: UTF8.self)
                    == "\"unit, name\",\"rate \"\"Hz\"\"\",n\n\"a\nb\",0.1,-3\n"
                    + "plain,0.30000000000000004,\n\"a\r\nb\",nan,0\n")
            #expect(
                words {
                    try CommaSeparatedFile.write(header: ["a", "b"], rows: [[.empty]], to: path)
                }
                    == "\(path) can't be written: row 1 has 1 cells, but the header has 2.")
        }
    }

    @Test func hashes() throws {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let hash = ContentHash()
        hash.update("a")
        hash.update([UInt8(ascii: "b"), UInt8(ascii: "c")])
        #expect(hash.hexadecimal() == abc)
        #expect(hash.hexadecimal() == abc)
        try withTemporaryFolder { (folder) throws in
            try AtomicFile.write(Array("abc".utf8), to: folder + "/abc")
            #expect(try ContentHash.ofFile(folder + "/abc") == abc)
            #expect(
                words { _ = try ContentHash.ofFile(folder + "/none") }
                    == "There is no file at \(folder)/none.")
        }
    }

    @Test func hashesOfNumbers() {
        func hash(_ body: (ContentHash) -> Void) -> String {
            let hash = ContentHash()
            body(hash)
            return hash.hexadecimal()
        }
        #expect(
            hash { $0.update([Float.nan, -0.0, 1]) }
                == hash { $0.update([Float(bitPattern: 0xFFC0_0001), 0, 1]) })
        #expect(
            hash { $0.update([Float(1)]) } == hash { $0.update([0, 0, 0x80, 0x3F] as [UInt8]) })
        #expect(hash { $0.update([Float(1), 2]) } != hash { $0.update([Float(2), 1]) })
        #expect(hash { $0.update(258) } == hash { $0.update([2, 1, 0, 0, 0, 0, 0, 0] as [UInt8]) })
        #expect(hash { $0.update(1.0) } != hash { $0.update(1) })
    }

    @Test(
        arguments: [
            ([], 1), ([3], 3), ([2, 3, 4], 24), ([0, Int.max, Int.max], 0), ([Int.max], Int.max),
            ([Int.max, 2], nil), ([1 << 40, 1 << 40, 2], nil), ([1 << 32, 1 << 31], nil), ([2, -1], nil),
        ] as [([Int], Int?)])
    func numbersOfElements(_ shape: [Int], _ count: Int?) {
        #expect(Extents.product(shape) == count)
    }
}
