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
            let known = try namesByAddress()
            let names = try references.map { reference in
                if reference == 0 { return "" }
                guard let name = known[reference] else {
                    throw ArrayFileError.unreadable(path: path, item: dataset)
                }
                return name
            }
            return ShapedArray(shape: shape, values: names)
        }
    }

    /// Paths of all objects by what references to them hold, of an object with several paths one.
    private func namesByAddress() throws -> [UInt64: String] {
        if let known = knownNamesByAddress { return known }
        final class Collector { var names: [UInt64: String] = [:] }
        let collector = Collector()
        let status = chdf5_visit_addresses(
            identifier,
            { text, address, context in
                guard let text, let context else { return }
                let name = String(cString: text)
                Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue().names[address] =
                    name == "." ? "/" : "/\(name)"
            }, Unmanaged.passUnretained(collector).toOpaque())
        guard status >= 0 else { throw ArrayFileError.unreadable(path: path, item: "/") }
        knownNamesByAddress = collector.names
        return collector.names
    }
}
