import CHDF5

extension HDF5File {
    /// Paths of the objects that a dataset of object references points to, e.g. `/general/probe`;
    /// an empty text for a reference to nothing.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`, `.tooLarge`, `.unreadable`
    public func referencedNames(_ dataset: String) throws -> ShapedArray<String> {
        try withDataset(dataset) { identifier in
            let shape = try shape(of: H5Dget_space(identifier), item: dataset)
            let count = try elementCount(
                shape, bytesEach: MemoryLayout<UInt64>.stride + 16, item: dataset)
            guard count > 0 else { return ShapedArray(shape: shape, values: []) }
            let type = H5Dget_type(identifier)
            defer { H5Tclose(type) }
            guard H5Tget_class(type) == H5T_REFERENCE else {
                throw ArrayFileError.wrongType(
                    path: path, item: dataset, expected: "references to objects",
                    found: ElementKind(type: type).words)
            }
            var references = [UInt64](repeating: 0, count: count)
            guard chdf5_read_references(identifier, &references) >= 0 else {
                throw ArrayFileError.unreadable(path: path, item: dataset)
            }
            // Many entries point to few objects.
            var known: [UInt64: String] = [:]
            let names = try references.map { reference in
                if let name = known[reference] { return name }
                let name = try referencedName(reference, dataset)
                known[reference] = name
                return name
            }
            return ShapedArray(shape: shape, values: names)
        }
    }

    private func referencedName(_ reference: UInt64, _ dataset: String) throws -> String {
        let length = chdf5_referenced_name(identifier, reference, nil, 0)
        guard (0..<(1 << 16)).contains(length) else {
            throw ArrayFileError.unreadable(path: path, item: dataset)
        }
        if length == 0 { return "" }
        var name = [UInt8](repeating: 0, count: length + 1)
        let written = name.withUnsafeMutableBytes { bytes in
            chdf5_referenced_name(
                identifier, reference, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                length + 1)
        }
        guard written == length else { throw ArrayFileError.unreadable(path: path, item: dataset) }
        return String(decoding: name.dropLast(), as: UTF8.self)
    }
}
