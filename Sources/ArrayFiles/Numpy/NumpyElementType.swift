/// What the elements of a numpy array are, from a header's `descr` such as `<f4`.
struct NumpyElementType: Equatable {
    enum Kind: Equatable { case boolean, signed, unsigned, float, characters, bytes }

    let kind: Kind
    /// Bytes of an element; may be 0 for text.
    let size: Int
    let isBigEndian: Bool

    /// The kind of elements as it matters to readers.
    var elementKind: ElementKind {
        switch kind {
        case .boolean, .signed, .unsigned: .integer
        case .float: .float
        case .characters, .bytes: .string
        }
    }

    /// Nothing that would have to be unpickled, and no type that numpy itself can't read everywhere.
    enum Problem: Error { case unknown, unsupported(found: String) }

    init(_ text: String) throws(Problem) {
        var rest = text[...]
        let order = rest.first.flatMap { "<>|=".contains($0) ? $0 : nil }
        if order != nil { rest = rest.dropFirst() }
        guard let letter = rest.first else { throw .unknown }
        let digits = rest.dropFirst()
        if let found = Self.refused[letter] { throw .unsupported(found: found) }
        guard let kind = Self.kinds[letter],
            digits.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(digits), count < 1 << 28
        else { throw .unknown }
        let sizes: [Int]
        switch kind {
        case .boolean: sizes = [1]
        case .signed, .unsigned: sizes = [1, 2, 4, 8]
        case .float: sizes = [2, 4, 8]
        case .bytes: sizes = [count]
        case .characters: sizes = [count]
        }
        if kind == .float, [10, 12, 16].contains(count) {
            throw .unsupported(found: "floating-point numbers of \(8 * count) bits")
        }
        guard sizes.contains(count) else { throw .unknown }
        self.kind = kind
        size = kind == .characters ? 4 * count : count
        isBigEndian = order == ">"
    }

    private static let kinds: [Character: Kind] = [
        "b": .boolean, "i": .signed, "u": .unsigned, "f": .float, "U": .characters, "S": .bytes,
        "a": .bytes,
    ]
    private static let refused: [Character: String] = [
        "O": "Python objects (a pickle)", "c": "complex numbers", "M": "dates", "m": "durations",
        "V": "raw bytes or records",
    ]
}
