import CHDF5

extension HDF5File {
    /// A dataset of numbers, converted to single precision.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.tooLarge`, `.unreadable`
    public func floats(_ dataset: String) throws -> ShapedArray<Float> {
        try numbers(dataset, as: chdf5_native_float(), accepting: [.float, .integer])
    }

    /// A dataset of numbers, converted to double precision.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.tooLarge`, `.unreadable`
    public func doubles(_ dataset: String) throws -> ShapedArray<Double> {
        try numbers(dataset, as: chdf5_native_double(), accepting: [.float, .integer])
    }

    /// A dataset of whole numbers; one that stores floating-point numbers is refused.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.wholeNumberOutOfRange`,
    ///   `.tooLarge`, `.unreadable`
    public func integers(_ dataset: String) throws -> ShapedArray<Int64> {
        // HDF5 would clip large unsigned numbers silently.
        if try isUnsignedOf64Bits(dataset) {
            let wide: ShapedArray<UInt64> = try numbers(
                dataset, as: chdf5_native_uint64(), accepting: [.integer])
            return try narrowed(wide, dataset, range: "-2^63 to 2^63 - 1")
        }
        return try numbers(dataset, as: chdf5_native_int64(), accepting: [.integer])
    }

    /// A dataset of whole numbers from 0 to 255.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.wholeNumberOutOfRange`,
    ///   `.tooLarge`, `.unreadable`
    public func bytes(_ dataset: String) throws -> ShapedArray<UInt8> {
        try narrowed(integers(dataset), dataset, range: "0 to 255")
    }

    /// A dataset of text, of fixed or variable length.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.tooLarge`, `.unreadable`
    public func strings(_ dataset: String) throws -> ShapedArray<String> {
        try withDataset(dataset) { identifier in
            let type = H5Dget_type(identifier)
            defer { H5Tclose(type) }
            let space = H5Dget_space(identifier)
            let shape = try shape(of: space, item: dataset)
            let values = try text(item: dataset, type: type, shape: shape) { buffer, memoryType in
                H5Dread(
                    identifier, memoryType, chdf5_whole_space(), chdf5_whole_space(),
                    chdf5_default_list(), buffer)
            }
            return ShapedArray(shape: shape, values: values)
        }
    }

    private func numbers<Number: Sendable>(
        _ dataset: String, as memoryType: hid_t, accepting kinds: [ElementKind]
    ) throws -> ShapedArray<Number> {
        try withDataset(dataset) { identifier in
            let type = H5Dget_type(identifier)
            defer { H5Tclose(type) }
            try check(ElementKind(type: type), isIn: kinds, item: dataset)
            let shape = try shape(of: H5Dget_space(identifier), item: dataset)
            let count = try elementCount(
                shape, bytesEach: MemoryLayout<Number>.stride, item: dataset)
            guard count > 0 else { return ShapedArray(shape: shape, values: []) }
            let values = try [Number](unsafeUninitializedCapacity: count) { buffer, filled in
                let status = H5Dread(
                    identifier, memoryType, chdf5_whole_space(), chdf5_whole_space(),
                    chdf5_default_list(), buffer.baseAddress)
                guard status >= 0 else {
                    throw ArrayFileError.unreadable(path: path, item: dataset)
                }
                filled = count
            }
            return ShapedArray(shape: shape, values: values)
        }
    }

    private func isUnsignedOf64Bits(_ dataset: String) throws -> Bool {
        try withDataset(dataset) { identifier in
            let type = H5Dget_type(identifier)
            defer { H5Tclose(type) }
            return H5Tget_class(type) == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_NONE
                && H5Tget_size(type) >= 8
        }
    }

    private func narrowed<Wide: BinaryInteger, Narrow: FixedWidthInteger & Sendable>(
        _ array: ShapedArray<Wide>, _ dataset: String, range: String
    ) throws -> ShapedArray<Narrow> {
        let values = try array.values.map { value in
            guard let narrow = Narrow(exactly: value) else {
                throw ArrayFileError.wholeNumberOutOfRange(
                    path: path, dataset: dataset, range: range)
            }
            return narrow
        }
        return ShapedArray(shape: array.shape, values: values)
    }

    func check(_ kind: ElementKind, isIn kinds: [ElementKind], item: String) throws {
        guard kinds.contains(kind) else {
            let expected = kinds == [.float, .integer] ? "numbers" : kinds[0].words
            throw ArrayFileError.wrongType(
                path: path, item: item, expected: expected, found: kind.words)
        }
    }

    /// Number of elements, after a check that they fit: the extents may be nonsense or hostile.
    func elementCount(_ shape: [Int], bytesEach: Int, item: String) throws -> Int {
        try ReadingLimit.elementCount(
            shape, bytesEach: bytesEach, limit: readingLimit, path: path, item: item)
    }

    /// Whether what several datasets hold fits into memory together, to be asked before it is allocated.
    /// - Throws: `ArrayFileError.tooLarge`
    public func requireFits(elementCount: Int, bytesEach: Int, item: String) throws {
        _ = try self.elementCount([elementCount], bytesEach: bytesEach, item: item)
    }

    /// Strings of a dataset or attribute, whose elements `read` puts into the buffer.
    func text(
        item: String, type: hid_t, shape: [Int],
        read: (UnsafeMutableRawPointer, _ memoryType: hid_t) -> herr_t
    ) throws -> [String] {
        try check(ElementKind(type: type), isIn: [.string], item: item)
        let isVariable = H5Tis_variable_str(type) > 0
        let size =
            isVariable ? MemoryLayout<UnsafeMutablePointer<CChar>?>.stride : H5Tget_size(type)
        guard size > 0 else { throw ArrayFileError.unreadable(path: path, item: item) }
        // A Swift string takes at least 16 bytes, however short its text.
        let count = try elementCount(shape, bytesEach: max(size, 16), item: item)
        guard count > 0 else { return [] }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count * size, alignment: 16)
        defer { buffer.deallocate() }
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        guard let start = buffer.baseAddress, read(start, type) >= 0 else {
            throw ArrayFileError.unreadable(path: path, item: item)
        }
        if isVariable {
            defer { reclaim(start, count: count, type: type) }
            return start.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
                .withMemoryRebound(to: UnsafeMutablePointer<CChar>?.self, capacity: count) {
                    texts in
                    (0..<count).map { index in texts[index].map { String(cString: $0) } ?? "" }
                }
        }
        let isSpacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD
        return (0..<count).map { index in
            var bytes = buffer[index * size..<(index + 1) * size].prefix { $0 != 0 }
            if isSpacePadded { while bytes.last == UInt8(ascii: " ") { bytes.removeLast() } }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func reclaim(_ buffer: UnsafeMutableRawPointer, count: Int, type: hid_t) {
        var extent = hsize_t(count)
        let space = H5Screate_simple(1, &extent, nil)
        chdf5_reclaim(type, space, buffer)
        H5Sclose(space)
    }
}
