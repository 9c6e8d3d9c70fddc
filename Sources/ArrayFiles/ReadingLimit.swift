/// How many bytes an array may take in memory, whatever its file says of its extents.
///
/// Nothing that is read compresses by more than deflate's 1032, so that a small file can't ask for
/// all of the memory; no array takes more than 16 GiB.
enum ReadingLimit {
    static let largestArray: UInt64 = 16 << 30

    static func bytes(ofFile fileBytes: UInt64) -> UInt64 {
        fileBytes > largestArray / 1100
            ? largestArray : min(largestArray, 1 << 30 + 1100 * fileBytes)
    }

    /// Number of elements, after a check that they fit: extents may be nonsense or hostile.
    /// - Throws: `ArrayFileError.tooLarge`
    static func elementCount(
        _ shape: [Int], bytesEach: Int, limit: UInt64, path: String, item: String
    ) throws -> Int {
        if shape.contains(0) { return 0 }
        var bytes = UInt64(bytesEach)
        for extent in shape {
            let product = bytes.multipliedReportingOverflow(by: UInt64(extent))
            bytes = product.overflow ? .max : product.partialValue
            if product.overflow { break }
        }
        guard bytes <= limit else {
            throw ArrayFileError.tooLarge(path: path, item: item, bytes: bytes, limit: limit)
        }
        return shape.reduce(1, *)
    }
}
