/// A numpy array in memory: its header and the bytes of its elements.
struct NumpyArray {
    let header: NumpyHeader
    /// The whole file, header and all.
    let bytes: [UInt8]
    let path: String
    let item: String

    /// Bytes that a file with this header has.
    /// - Throws: `ArrayFileError.tooLarge`
    static func byteCount(
        _ header: NumpyHeader, limit: UInt64, path: String, item: String
    ) throws -> Int {
        // A text takes at least 16 bytes in memory, however short it is in the file.
        let isText = header.type.elementKind == .string
        let count = try ReadingLimit.elementCount(
            header.shape, bytesEach: isText ? max(header.type.size, 16) : max(header.type.size, 8),
            limit: limit, path: path, item: item)
        return header.byteCount + count * header.type.size
    }

    /// That it fits was checked by `byteCount`.
    private var count: Int { Extents.product(header.shape) ?? 0 }

    func floats() throws -> ShapedArray<Float> { try inRowOrder(numbers(.floats)) }

    func doubles() throws -> ShapedArray<Double> { try inRowOrder(numbers(.doubles)) }

    func integers() throws -> ShapedArray<Int64> {
        guard header.type.elementKind == .integer else { throw wrongType("whole numbers") }
        let values = try numbers(.integers)
        if header.type.kind == .unsigned, values.contains(where: { $0 < 0 }) {
            throw ArrayFileError.wholeNumberOutOfRange(
                path: path, dataset: item, range: "-2^63 to 2^63 - 1")
        }
        return inRowOrder(values)
    }

    func strings() throws -> ShapedArray<String> {
        let size = header.type.size
        switch header.type.kind {
        case .bytes:
            return inRowOrder(
                (0..<count).map { index in
                    let start = header.byteCount + index * size
                    return String(decoding: bytes[start..<start + size].trimmed, as: UTF8.self)
                })
        case .characters:
            let scalars = size / 4
            return inRowOrder(
                try (0..<count).map { index in
                    let codes = (0..<scalars).map { code(at: header.byteCount + index * size + 4 * $0) }
                    var text = String.UnicodeScalarView()
                    for code in codes[...].trimmed {
                        guard let scalar = Unicode.Scalar(code) else {
                            throw ArrayFileError.malformed(
                                path: path, item: item, problem: "element \(index) is no text")
                        }
                        text.append(scalar)
                    }
                    return String(text)
                })
        default: throw wrongType("text")
        }
    }

    // MARK: Elements

    private func numbers<Value>(_ to: NumberConversion<Value>) throws -> [Value] {
        switch (header.type.kind, header.type.size) {
        case (.boolean, _): elements(UInt8.self) { to.whole($0 == 0 ? 0 : 1) }
        case (.signed, 1): elements(Int8.self) { to.whole(Int64($0)) }
        case (.signed, 2): elements(Int16.self) { to.whole(Int64($0)) }
        case (.signed, 4): elements(Int32.self) { to.whole(Int64($0)) }
        case (.signed, _): elements(Int64.self, to.whole)
        case (.unsigned, 1): elements(UInt8.self) { to.unsigned(UInt64($0)) }
        case (.unsigned, 2): elements(UInt16.self) { to.unsigned(UInt64($0)) }
        case (.unsigned, 4): elements(UInt32.self) { to.unsigned(UInt64($0)) }
        case (.unsigned, _): elements(UInt64.self, to.unsigned)
        case (.float, 2): elements(UInt16.self) { to.single(Self.half($0)) }
        case (.float, 4): elements(UInt32.self) { to.single(Float(bitPattern: $0)) }
        case (.float, _): elements(UInt64.self) { to.double(Double(bitPattern: $0)) }
        case (.characters, _), (.bytes, _): throw wrongType("numbers")
        }
    }

    private func elements<Raw: FixedWidthInteger, Value>(
        _ raw: Raw.Type, _ convert: (Raw) -> Value
    ) -> [Value] {
        let isBigEndian = header.type.isBigEndian
        var values: [Value] = []
        values.reserveCapacity(count)
        bytes.withUnsafeBytes { bytes in
            for index in 0..<count {
                let value = bytes.loadUnaligned(
                    fromByteOffset: header.byteCount + index * MemoryLayout<Raw>.size, as: Raw.self)
                values.append(convert(isBigEndian ? Raw(bigEndian: value) : Raw(littleEndian: value)))
            }
        }
        return values
    }

    private func code(at offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return header.type.isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
        }
    }

    private func inRowOrder<Value: Sendable>(_ values: [Value]) -> ShapedArray<Value> {
        guard header.isFortranOrder else { return ShapedArray(shape: header.shape, values: values) }
        return ShapedArray(shape: header.shape.reversed(), values: values)
            .permuted(header.shape.indices.reversed())
    }

    private func wrongType(_ expected: String) -> ArrayFileError {
        .wrongType(
            path: path, item: item, expected: expected, found: header.type.elementKind.words)
    }

    /// IEEE 754 half precision; Swift has the type not on every processor.
    static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
            return sign * (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}

extension ArraySlice where Element: BinaryInteger {
    /// Without the zeros that fill an element up.
    fileprivate var trimmed: ArraySlice {
        var result = self
        while result.last == 0 { result.removeLast() }
        return result
    }
}
