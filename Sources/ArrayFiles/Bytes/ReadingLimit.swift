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
        let count = Extents.product(shape)
        let bytes = count.map { UInt64($0).multipliedReportingOverflow(by: UInt64(bytesEach)) }
        guard let count, let bytes, !bytes.overflow, bytes.partialValue <= limit else {
            let known = bytes.flatMap { $0.overflow ? nil : $0.partialValue }
            throw ArrayFileError.tooLarge(path: path, item: item, bytes: known ?? .max, limit: limit)
        }
        return count
    }
}

/// Extents as they stand in a file, whatever they are.
public enum Extents {
    /// Number of elements; `nil` where it is more than an `Int` holds, or an extent is below 0.
    public static func product(_ shape: [Int]) -> Int? {
        // Beside an extent of 0 the others may be so large that their product overflows.
        if shape.contains(0) { return 0 }
        var count = 1
        for extent in shape {
            let product = count.multipliedReportingOverflow(by: extent)
            guard extent > 0, !product.overflow else { return nil }
            count = product.partialValue
        }
        return count
    }
}
