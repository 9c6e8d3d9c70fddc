import Foundation
import TestSupport
import Testing

@testable import ArrayFiles

@Suite struct MATLABFileTests {
    static let names = ["v6.mat", "v7.mat", "v73.mat"]

    @Test(arguments: FixtureFolder.all, names) func numbers(_ folder: FixtureFolder, name: String) throws {
        let file = try MATLABFile(folder.file(name))
        for (array, kind) in [
            ("double", "f"), ("single", "f"), ("int8", "i"), ("int16", "i"), ("int32", "i"), ("int64", "i"),
            ("uint8", "u"), ("uint16", "u"), ("uint32", "u"), ("uint64", "u"),
        ] {
            let values = FixtureValues.doubles(Character(kind))
            #expect(try file.shape(of: array) == [2, 3, 4], "\(array)")
            #expect(
                try file.doubles(array) == ShapedArray(shape: [2, 3, 4], values: values), "\(array)")
            #expect(try file.floats(array).values == values.map { Float($0) }, "\(array)")
            #expect(try file.elementKind(of: array) == (kind == "f" ? .float : .integer), "\(array)")
            if kind != "f" {
                #expect(try file.integers(array).values == values.map { Int64($0) }, "\(array)")
            }
        }
        #expect(
            words { _ = try file.integers("large") }
                == "\"large\" in \(file.path) holds whole numbers outside -2^63 to 2^63 - 1.")
        let cells = (0..<12).map { (row: $0 / 4, column: $0 % 4) }
        let odd = cells.map { Int64(($0.row + $0.column) % 2) }
        #expect(try file.integers("logical") == ShapedArray(shape: [3, 4], values: odd))
        let sparse = zip(cells, odd).map { cell, odd in Double(odd) * Double(10 * cell.row + cell.column) }
        #expect(try file.doubles("sparse") == ShapedArray(shape: [3, 4], values: sparse))
        #expect(try file.floats("sparse").values == sparse.map { Float($0) })
        #expect(try file.floats("sparse_zero") == ShapedArray(shape: [3, 2], values: [0, 0, 0, 0, 0, 0]))
        #expect(try file.floats("empty") == ShapedArray(shape: [0, 3], values: []))
        #expect(try file.number(named: "bin_ms") == 20)
        #expect(file.leavesOutLastExtentsOfOne)
    }

    @Test(arguments: FixtureFolder.all, names) func texts(_ folder: FixtureFolder, name: String) throws {
        let file = try MATLABFile(folder.file(name))
        #expect(try file.strings("text") == ShapedArray(shape: [1], values: ["hellö"]))
        #expect(try file.strings("rows") == ShapedArray(shape: [3], values: ["ab", "cédf", "g"]))
        #expect(try file.strings("blank") == ShapedArray(shape: [0], values: []))
        #expect(try file.strings("texts") == ShapedArray(shape: [1, 3], values: ["left", "", "right"]))
        #expect(try file.elementKind(of: "texts") == .string)
        #expect(try file.elementKind(of: "mixed") == .other)
        #expect(try file.texts(named: "names", of: "data") == ["x", "y", "z"])
        #expect(
            words { _ = try file.strings("mixed") }
                == "\"mixed\" in \(file.path) should hold text but holds a cell array whose element 2 holds "
                + "floating-point numbers.")
        let remarks = try file.remarks()
        #expect(remarks["bin_ms"] == "20" && remarks["text"] == "hellö")
        #expect(remarks["header"]?.hasPrefix("MATLAB ") == true)
    }

    @Test(arguments: FixtureFolder.all, names) func structures(_ folder: FixtureFolder, name: String) throws {
        let file = try MATLABFile(folder.file(name))
        let values = FixtureValues.doubles("f")
        #expect(
            try file.doubles("data.spikes") == ShapedArray(shape: [3, 4], values: Array(values[..<12])))
        #expect(try file.doubles("data.inner.y").values == [5])
        let (count, fields) = try file.structureArray("R")
        #expect(count == 3 && Set(fields) == ["spikes", "code", "name", "held"])
        for trial in 0..<3 {
            let expected = (0..<3).flatMap { row in (0...trial).map { values[4 * row + $0] } }
            #expect(
                try file.doubles("R(\(trial + 1)).spikes")
                    == ShapedArray(shape: [3, trial + 1], values: expected))
            #expect(try file.integers("R(\(trial + 1)).code").values == [Int64(trial)])
            #expect(try file.floats("R(\(trial + 1)).held").values == file.floats("sparse").values)
        }
        #expect(try file.strings("R(2).name").values == ["right"])
        #expect(try file.strings("R(3).name").values == [])
        let names = try file.arrayNames()
        #expect(names.contains("data.inner.y") && names.contains("R(1:3).spikes"))
        for missing in ["R(4).spikes", "R(0).spikes", "R(1).spike", "data.inner.z", "data(1)", "da ta", ""] {
            #expect(!file.exists(missing), "\(missing)")
            #expect(words { _ = try file.shape(of: missing) }.contains("has no dataset"), "\(missing)")
        }
        #expect(
            words { _ = try file.floats("R.spikes") }
                == "\"R\" in \(file.path) should hold a single structure but holds a struct array of 3 elements; "
                + "with one a trial, name it as trials.")
        #expect(
            words { _ = try file.floats("data") }
                == "\"data\" in \(file.path) should hold numbers but holds a structure.")
        #expect(
            words { _ = try file.floats("complex") }
                == "\"complex\" in \(file.path) holds complex numbers, which can't be read. Save its real part."
        )
    }

    @Test func otherFiles() throws {
        let folder = try #require(FixtureFolder.all.first)
        let expected = "is not a MATLAB file of version 5, 7 or 7.3:"
        #expect(
            words { _ = try MATLABFile(folder.file("v4.mat")) }
                == "\(folder.file("v4.mat")) \(expected) it begins as files of version 4 do, or is damaged. "
                + "In MATLAB, load it and save it with -v7.")
        #expect(
            words { _ = try MATLABFile(folder.file("stored.npz")) }
                == "\(folder.file("stored.npz")) \(expected) it begins otherwise. In MATLAB, save it with -v7 "
                + "or -v7.3.")
        try withTemporaryFolder { temporary in
            let path = temporary + "/a.mat"
            try HDF5File.write(to: path) { try $0.createGroup("x") }
            #expect(
                words { _ = try MATLABFile(path) }
                    == "\(path) \(expected) it is an HDF5 file that MATLAB's save has not written. "
                    + "Read it as binned-hdf5.")
            try AtomicFile.write([UInt8](), to: path)
            #expect(words { _ = try MATLABFile(path) }.contains("it ends within its header"))
        }
    }

    /// Reading through matio and HDF5 can crash on files that are damaged within; a truncated file is
    /// always told, without either.
    @Test(arguments: names) func truncatedFiles(name: String) throws {
        let folder = try #require(FixtureFolder.all.first)
        try damagedCopies(of: folder.file(name), step: 64, flips: 0) { copy, damage in
            guard let file = try? MATLABFile(copy) else { return }
            // Between two variables a file of version 5 may end.
            #expect(name != "v73.mat", "\(damage)")
            readEverything(in: file)
        }
    }

    @Test func sparseIndicesThatContradictEachOther() {
        func matrix(_ rows: [Int], _ starts: [Int]) -> [Double]? {
            MATLABSparseMatrix(rowCount: 2, rows: rows, columnStarts: starts, values: [1, 2])
                .dense(columnCount: 2)
        }
        #expect(matrix([0, 1], [0, 1, 2]) == [1, 0, 0, 2])
        #expect(matrix([0, 2], [0, 1, 2]) == nil)
        #expect(matrix([0, -1], [0, 1, 2]) == nil)
        #expect(matrix([0, 1], [0, 1, 3]) == nil)
        #expect(matrix([0, 1], [0, 2, 1]) == nil)
        #expect(matrix([0, 1], [1, 1, 2]) == nil)
        #expect(matrix([0, 1], [0, 2]) == nil)
        #expect(matrix([0], [0, 1, 2]) == nil)
    }
}
