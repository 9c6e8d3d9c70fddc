/// Arrays in numpy's `.npy` format, version 1.0, byte for byte as `numpy.save` writes them.
///
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public enum NumpyFile {
    /// Writes an array of single precision.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func write(_ array: ShapedArray<Float>, to path: String) throws {
        try write(array.values, shape: array.shape, type: "<f4", to: path)
    }

    /// Writes an array of double precision.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func write(_ array: ShapedArray<Double>, to path: String) throws {
        try write(array.values, shape: array.shape, type: "<f8", to: path)
    }

    /// Writes an array of whole numbers.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func write(_ array: ShapedArray<Int64>, to path: String) throws {
        try write(array.values, shape: array.shape, type: "<i8", to: path)
    }

    private static func write<Element>(
        _ values: [Element], shape: [Int], type: String, to path: String
    ) throws {
        try AtomicFile.write(to: path) { file in
            try file.append(header(shape: shape, type: type))
            try values.withUnsafeBytes { try file.append($0) }
        }
    }

    static func header(shape: [Int], type: String) -> [UInt8] {
        let extents = shape.map(String.init).joined(separator: ", ")
        let tuple = shape.count == 1 ? "(\(extents),)" : "(\(extents))"
        var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(tuple), }"
        // numpy leaves room for the first extent to grow to 21 digits in place.
        if let first = shape.first {
            text += String(repeating: " ", count: 21 - String(first).count)
        }
        // Magic, version and length take 10 bytes; the data begins at a multiple of 64. numpy pads
        // with a full 64 where it would fit exactly.
        text += String(repeating: " ", count: 64 - (10 + text.utf8.count + 1) % 64) + "\n"
        let length = UInt16(text.utf8.count)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
            + Array(text.utf8)
    }
}
