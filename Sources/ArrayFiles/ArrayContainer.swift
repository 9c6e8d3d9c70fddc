/// Named arrays in a file, whatever its format: what a reader of recordings needs to know of it.
///
/// Shapes are slowest first, values row-major: entry `[i, j]` of a shape `[m, n]` is value `i·n + j`.
/// Errors name the file and the array.
public protocol ArrayContainer {
    /// Path of the file as it was given.
    var path: String { get }

    /// Names of all arrays, in alphabetical order.
    /// - Throws: `ArrayFileError.unreadable`
    func arrayNames() throws -> [String]

    func exists(_ array: String) -> Bool

    /// Whether an array whose last extents are 1 may stand there without them, as in MATLAB.
    var leavesOutLastExtentsOfOne: Bool { get }

    /// Extents, `[]` for a single value.
    /// - Throws: `ArrayFileError.missingDataset`
    func shape(of array: String) throws -> [Int]

    /// - Throws: `ArrayFileError.missingDataset`
    func elementKind(of array: String) throws -> ElementKind

    /// Numbers in single precision.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.tooLarge`, `.unreadable`
    func floats(_ array: String) throws -> ShapedArray<Float>

    /// Numbers in double precision.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.tooLarge`, `.unreadable`
    func doubles(_ array: String) throws -> ShapedArray<Double>

    /// Whole numbers; an array of floating-point numbers is refused.
    /// - Throws: as `doubles`, and `ArrayFileError.wholeNumberOutOfRange`
    func integers(_ array: String) throws -> ShapedArray<Int64>

    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.tooLarge`, `.unreadable`
    func strings(_ array: String) throws -> ShapedArray<String>

    /// A number that the file says of itself, such as `bin_ms`; `nil` where it doesn't.
    /// - Throws: `ArrayFileError.wrongType`, `.unreadable`
    func number(named name: String) throws -> Double?

    /// Texts that the file, or one of its arrays, says of itself, such as the names of channels.
    /// - Throws: `ArrayFileError.missingObject`, `.wrongType`, `.unreadable`
    func texts(named name: String, of array: String?) throws -> [String]?

    /// Where trial `index` of the arrays stands in the file, which may have more.
    func position(ofTrial index: Int) -> Int

    /// Everything short that the file says of itself, as text, for the provenance.
    /// - Throws: `ArrayFileError.unreadable`
    func remarks() throws -> [String: String]
}

extension ArrayContainer {
    public var leavesOutLastExtentsOfOne: Bool { false }
    public func position(ofTrial index: Int) -> Int { index }
}

/// In HDF5 a file speaks through attributes.
extension HDF5File: ArrayContainer {
    public func arrayNames() throws -> [String] { try datasetPaths() }

    public func number(named name: String) throws -> Double? { try numberAttribute(name) }

    public func texts(named name: String, of array: String?) throws -> [String]? {
        try stringsAttribute(name, of: array ?? "/")
    }

    public func remarks() throws -> [String: String] {
        var result: [String: String] = [:]
        for name in try attributeNames() {
            // Whatever is neither text nor number isn't worth a failure.
            let text =
                (try? stringsAttribute(name))
                ?? (try? numbersAttribute(name)?.map { $0.plainText }) ?? []
            result[name] = text.joined(separator: ", ")
        }
        return result
    }
}

extension Double {
    /// The fewest digits that read back as the same number; whole numbers without a decimal point.
    public var plainText: String {
        self == rounded() && abs(self) < 1e15 ? String(Int(self)) : "\(self)"
    }
}
