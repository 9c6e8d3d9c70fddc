/// The header of a `.npy` file: versions 1.0, 2.0 and 3.0.
///
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NumpyHeader: Equatable {
    let type: NumpyElementType
    /// Whether the first axis turns fastest.
    let isFortranOrder: Bool
    let shape: [Int]
    /// Bytes before the first element.
    let byteCount: Int

    /// Bytes that a header is looked for in: numpy's own limit is 10000 characters of text.
    static let largest = 1 << 16

    /// - Parameter bytes: the beginning of the file, all of it or `largest` bytes.
    /// - Throws: `ArrayFileError.wrongFormat`, `.unsupported`, `.malformed`, `.tooLarge`
    init(_ bytes: [UInt8], path: String, item: String) throws {
        func damaged(_ problem: String) -> ArrayFileError {
            .malformed(path: path, item: item, problem: problem)
        }
        guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw ArrayFileError.wrongFormat(
                path: item == path ? path : "\"\(item)\" in \(path)", expected: "a numpy array",
                found: bytes.isEmpty ? "it is empty" : "it begins otherwise",
                advice: "numpy.save writes such files.")
        }
        guard bytes.count >= 12 else { throw damaged("it ends within its header") }
        let (start, length): (Int, Int)
        switch bytes[6] {
        case 1: (start, length) = (10, Int(bytes[8]) | Int(bytes[9]) << 8)
        case 2, 3: (start, length) = (12, (8..<12).reduce(0) { $0 | Int(bytes[$1]) << (8 * ($1 - 8)) })
        default:
            throw ArrayFileError.unsupported(
                path: path, item: item, found: "version \(bytes[6]) of the npy format",
                advice: "Versions 1 to 3 are read.")
        }
        guard length <= Self.largest - start else {
            throw damaged("it says that its header takes \(length) bytes")
        }
        guard start + length <= bytes.count else { throw damaged("it ends within its header") }
        byteCount = start + length
        var literal = NumpyHeaderText(String(decoding: bytes[start..<byteCount], as: UTF8.self))
        guard let fields = literal.fields() else {
            throw damaged("its header is no Python dictionary of descr, fortran_order and shape")
        }
        isFortranOrder = fields.isFortranOrder
        guard fields.shape.count <= 64 else {
            throw damaged("it says that it has \(fields.shape.count) axes")
        }
        shape = fields.shape
        let advice = "Save numbers or text (dtype U or S), with allow_pickle=False."
        guard let description = fields.type else {
            throw ArrayFileError.unsupported(
                path: path, item: item, found: "records (a structured dtype)", advice: advice)
        }
        do {
            type = try NumpyElementType(description)
        } catch .unsupported(let found) {
            throw ArrayFileError.unsupported(path: path, item: item, found: found, advice: advice)
        } catch .unknown {
            throw damaged("numpy has no dtype \"\(description.prefix(20))\"")
        }
    }
}

/// Reads the Python dictionary of a header: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
/// Nothing is evaluated.
struct NumpyHeaderText {
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = Substring(text).unicodeScalars }

    /// `type` is `nil` for a structured one. `nil` for anything but such a dictionary.
    mutating func fields() -> (type: String?, isFortranOrder: Bool, shape: [Int])? {
        var type: String??
        var order: Bool?
        var shape: [Int]?
        guard take("{") else { return nil }
        while !take("}") {
            guard let key = string(), take(":") else { return nil }
            switch key {
            case "descr" where type == nil:
                // A list of fields; what they are doesn't matter, and no more is needed.
                if peek == "[" { return (nil, false, []) }
                guard let text = string() else { return nil }
                type = .some(text)
            case "fortran_order" where order == nil:
                if word("True") { order = true } else if word("False") { order = false }
                guard order != nil else { return nil }
            case "shape" where shape == nil:
                shape = tuple()
                guard shape != nil else { return nil }
            default: return nil
            }
            if take(",") { continue }
            guard peek == "}" else { return nil }
        }
        skipSpaces()
        guard rest.isEmpty, let type, let order, let shape else { return nil }
        return (type, order, shape)
    }

    private mutating func skipSpaces() { rest = rest.drop { $0.properties.isWhitespace } }

    private var peek: Unicode.Scalar? {
        mutating get {
            skipSpaces()
            return rest.first
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func word(_ text: String) -> Bool {
        skipSpaces()
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest = rest.dropFirst(text.unicodeScalars.count)
        return true
    }

    private mutating func string() -> String? {
        guard let quote = peek, quote == "'" || quote == "\"" else { return nil }
        rest = rest.dropFirst()
        let text = rest.prefix { $0 != quote && $0 != "\\" }
        rest = rest.dropFirst(text.count)
        guard take(quote) else { return nil }
        return String(text)
    }

    private mutating func tuple() -> [Int]? {
        guard take("(") else { return nil }
        var extents: [Int] = []
        while !take(")") {
            skipSpaces()
            let digits = rest.prefix { ("0"..."9").contains($0) }
            guard let extent = Int(String(digits)) else { return nil }
            rest = rest.dropFirst(digits.count)
            // Python 2 wrote some extents as long integers.
            _ = take("L")
            extents.append(extent)
            if take(",") { continue }
            guard peek == ")" else { return nil }
        }
        return extents
    }
}
