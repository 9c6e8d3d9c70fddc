public import ArrayFiles
import Foundation

/// A MATLAB file of version 5 with matrices of doubles, as `save -v6` writes them.
///
/// Format: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf
public enum SmallMATLAB {
    public static func write(_ arrays: [(name: String, array: ShapedArray<Double>)], to path: String) throws {
        var file = Data("MATLAB 5.0 MAT-file, written by a test".utf8)
        file.append(Data(repeating: UInt8(ascii: " "), count: 124 - file.count))
        file.append(bytes(of: UInt16(0x0100)))
        file.append(contentsOf: [UInt8(ascii: "I"), UInt8(ascii: "M")])
        for (name, array) in arrays {
            let dimensions = array.shape.count == 1 ? array.shape + [1] : array.shape
            // Columns first.
            let values = ShapedArray(shape: dimensions, values: array.values)
                .permuted(Array(dimensions.indices.reversed())).values
            var matrix = element(type: 6, bytes(of: UInt32(6)) + bytes(of: UInt32(0)))
            matrix += element(type: 5, dimensions.map { bytes(of: Int32($0)) }.reduce(Data(), +))
            matrix += element(type: 1, Data(name.utf8))
            matrix += element(type: 9, values.withUnsafeBytes { Data($0) })
            file += element(type: 14, matrix)
        }
        try file.write(to: URL(filePath: path))
    }

    /// With a tag in front, and filled up to eight bytes.
    private static func element(type: UInt32, _ content: Data) -> Data {
        bytes(of: type) + bytes(of: UInt32(content.count)) + content
            + Data(repeating: 0, count: (8 - content.count % 8) % 8)
    }

    private static func bytes(of number: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: number.littleEndian) { Data($0) }
    }
}
