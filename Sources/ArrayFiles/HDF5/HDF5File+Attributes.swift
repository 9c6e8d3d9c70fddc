import CHDF5
import Foundation

/// Attributes of the root group (`/`), of a group or of a dataset.
extension HDF5File {
    /// In alphabetical order.
    /// - Throws: `ArrayFileError.missingObject`, `.unreadable`
    public func attributeNames(of object: String = "/") throws -> [String] {
        try withObject(object) { identifier in
            let count = chdf5_attribute_count(identifier)
            guard count >= 0 else { throw ArrayFileError.unreadable(path: path, item: object) }
            return try (0..<hsize_t(count)).map { index in
                let length = chdf5_attribute_name(identifier, index, nil, 0)
                guard length >= 0 else {
                    throw ArrayFileError.unreadable(path: path, item: object)
                }
                var name = [UInt8](repeating: 0, count: length + 1)
                let status = name.withUnsafeMutableBytes {
                    chdf5_attribute_name(
                        identifier, index, $0.baseAddress?.assumingMemoryBound(to: CChar.self),
                        length + 1)
                }
                guard status >= 0 else {
                    throw ArrayFileError.unreadable(path: path, item: object)
                }
                return String(decoding: name.dropLast(), as: UTF8.self)
            }
        }
    }

    /// Text of an attribute, or `nil` where there is no such attribute.
    /// - Throws: `ArrayFileError.missingObject`, `.wrongType`, `.unreadable`
    public func stringAttribute(_ name: String, of object: String = "/") throws -> String? {
        try stringsAttribute(name, of: object).map { try single($0, name, "one text") }
    }

    /// Number of an attribute, or `nil` where there is no such attribute.
    /// - Throws: `ArrayFileError.missingObject`, `.wrongType`, `.unreadable`
    public func numberAttribute(_ name: String, of object: String = "/") throws -> Double? {
        try numbersAttribute(name, of: object).map { try single($0, name, "one number") }
    }

    /// Texts of an attribute, row-major; one for a scalar; `nil` where there is no such attribute.
    /// - Throws: `ArrayFileError.missingObject`, `.wrongType`, `.unreadable`
    public func stringsAttribute(_ name: String, of object: String = "/") throws -> [String]? {
        try withAttribute(name, of: object) { identifier, type, shape in
            try text(item: name, type: type, shape: shape) { buffer, memoryType in
                H5Aread(identifier, memoryType, buffer)
            }
        }
    }

    /// Numbers of an attribute, row-major; one for a scalar; `nil` where there is no such attribute.
    /// - Throws: `ArrayFileError.missingObject`, `.wrongType`, `.unreadable`
    public func numbersAttribute(_ name: String, of object: String = "/") throws -> [Double]? {
        try numbers(name, of: object, as: chdf5_native_double(), accepting: [.float, .integer])
    }

    /// Whole numbers of an attribute, row-major; `nil` where there is no such attribute.
    /// - Throws: `ArrayFileError.missingObject`, `.wrongType`, `.unreadable`
    public func integersAttribute(_ name: String, of object: String = "/") throws -> [Int]? {
        let values: [Int64]? = try numbers(
            name, of: object, as: chdf5_native_int64(), accepting: [.integer])
        return values?.map { Int($0) }
    }

    /// Replaces an attribute of that name.
    /// - Throws: `ArrayFileError.missingObject`, `.cannotWrite`
    public func setAttribute(_ name: String, to value: String, of object: String = "/") throws {
        try setTexts(name, to: [value], shape: [], of: object)
    }

    /// Replaces an attribute of that name.
    /// - Throws: `ArrayFileError.missingObject`, `.cannotWrite`
    public func setAttribute(_ name: String, to values: [String], of object: String = "/") throws {
        try setTexts(name, to: values, shape: [values.count], of: object)
    }

    /// Replaces an attribute of that name.
    /// - Throws: `ArrayFileError.missingObject`, `.cannotWrite`
    public func setAttribute(_ name: String, to value: Double, of object: String = "/") throws {
        try setNumbers(
            name, to: [value], [], chdf5_file_double(), chdf5_native_double(), of: object)
    }

    /// Replaces an attribute of that name.
    /// - Throws: `ArrayFileError.missingObject`, `.cannotWrite`
    public func setAttribute(_ name: String, to values: [Double], of object: String = "/") throws {
        try setNumbers(
            name, to: values, [values.count], chdf5_file_double(), chdf5_native_double(), of: object
        )
    }

    /// Replaces an attribute of that name.
    /// - Throws: `ArrayFileError.missingObject`, `.cannotWrite`
    public func setAttribute(_ name: String, to value: Int, of object: String = "/") throws {
        try setNumbers(
            name, to: [Int64(value)], [], chdf5_file_int64(), chdf5_native_int64(), of: object)
    }

    /// Replaces an attribute of that name.
    /// - Throws: `ArrayFileError.missingObject`, `.cannotWrite`
    public func setAttribute(_ name: String, to values: [Int], of object: String = "/") throws {
        try setNumbers(
            name, to: values.map { Int64($0) }, [values.count], chdf5_file_int64(),
            chdf5_native_int64(), of: object)
    }

    // MARK: Reading

    private func withObject<Result>(
        _ object: String, _ body: (hid_t) throws -> Result
    ) throws
        -> Result
    {
        try HDF5Library.locked {
            guard exists(object) else {
                throw ArrayFileError.missingObject(path: path, object: object)
            }
            let name = object.isEmpty ? "/" : object
            let identifier = H5Oopen(self.identifier, name, chdf5_default_list())
            guard identifier >= 0 else {
                throw ArrayFileError.unreadable(path: path, item: name)
            }
            defer { H5Oclose(identifier) }
            return try body(identifier)
        }
    }

    private func withAttribute<Result>(
        _ name: String, of object: String,
        _ body: (_ attribute: hid_t, _ type: hid_t, _ shape: [Int]) throws -> Result
    ) throws -> Result? {
        try withObject(object) { owner in
            guard H5Aexists(owner, name) > 0 else { return nil }
            let attribute = H5Aopen(owner, name, chdf5_default_list())
            guard attribute >= 0 else { throw ArrayFileError.unreadable(path: path, item: name) }
            defer { H5Aclose(attribute) }
            let type = H5Aget_type(attribute)
            defer { H5Tclose(type) }
            return try body(attribute, type, shape(of: H5Aget_space(attribute), item: name))
        }
    }

    private func numbers<Number: Numeric>(
        _ name: String, of object: String, as memoryType: hid_t, accepting kinds: [ElementKind]
    ) throws -> [Number]? {
        try withAttribute(name, of: object) { attribute, type, shape in
            try check(ElementKind(type: type), isIn: kinds, item: name)
            let count = try elementCount(
                shape, bytesEach: MemoryLayout<Number>.stride, item: name)
            guard count > 0 else { return [] }
            var values = [Number](repeating: 0, count: count)
            let status = values.withUnsafeMutableBytes {
                H5Aread(attribute, memoryType, $0.baseAddress)
            }
            guard status >= 0 else {
                throw ArrayFileError.unreadable(path: path, item: name)
            }
            return values
        }
    }

    private func single<Value>(
        _ values: [Value], _ name: String, _ expected: String
    ) throws
        -> Value
    {
        guard let value = values.first, values.count == 1 else {
            throw ArrayFileError.wrongType(
                path: path, item: name, expected: expected, found: "\(values.count) of them")
        }
        return value
    }

    // MARK: Writing

    private func setTexts(
        _ name: String, to values: [String], shape: [Int], of object: String
    ) throws {
        try HDF5Library.locked {
            let type = Self.textType()
            defer { H5Tclose(type) }
            try withTextPointers(values, item: name) { pointers in
                try pointers.withUnsafeBytes {
                    try setValues(name, from: $0.baseAddress, shape, type, type, of: object)
                }
            }
        }
    }

    private func setNumbers<Number>(
        _ name: String, to values: [Number], _ shape: [Int], _ fileType: hid_t,
        _ memoryType: hid_t, of object: String
    ) throws {
        try values.withUnsafeBytes {
            try setValues(name, from: $0.baseAddress, shape, fileType, memoryType, of: object)
        }
    }

    private func setValues(
        _ name: String, from start: UnsafeRawPointer?, _ shape: [Int], _ fileType: hid_t,
        _ memoryType: hid_t, of object: String
    ) throws {
        try HDF5Library.locked {
            try requireWritable()
            try withObject(object) { owner in
                if H5Aexists(owner, name) > 0 { H5Adelete(owner, name) }
                let space = Self.space(for: shape)
                defer { H5Sclose(space) }
                errno = 0
                let made = H5Acreate2(
                    owner, name, fileType, space, chdf5_default_list(), chdf5_default_list())
                guard made >= 0 else { throw cannotMake("attribute", name) }
                defer { H5Aclose(made) }
                guard let start, !shape.contains(0) else { return }
                guard H5Awrite(made, memoryType, start) >= 0 else {
                    throw cannotMake("attribute", name)
                }
            }
        }
    }
}
