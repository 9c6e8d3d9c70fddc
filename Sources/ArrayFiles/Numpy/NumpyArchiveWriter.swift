import CZip
import Foundation

/// Writes a `.npz` file as `numpy.savez_compressed` does. The same calls give the same bytes: no times are
/// stored.
public final class NumpyArchiveWriter {
    private var entries: [(name: String, bytes: [UInt8])] = []

    init() {}

    /// Writes a new file in the place of `path`: all of it or nothing, see `AtomicFile`.
    /// - Throws: `ArrayFileError.cannotWrite`, or what `body` throws.
    public static func write(to path: String, _ body: (NumpyArchiveWriter) throws -> Void) throws {
        let writer = NumpyArchiveWriter()
        try body(writer)
        try AtomicFile.replace(path) { try writer.finish(at: $0, reportedAs: path) }
    }

    /// Adds an array of single precision.
    public func add(_ array: ShapedArray<Float>, as name: String) {
        add(array.values, shape: array.shape, type: "<f4", as: name)
    }

    /// Adds an array of double precision.
    public func add(_ array: ShapedArray<Double>, as name: String) {
        add(array.values, shape: array.shape, type: "<f8", as: name)
    }

    /// Adds an array of whole numbers.
    public func add(_ array: ShapedArray<Int64>, as name: String) {
        add(array.values, shape: array.shape, type: "<i8", as: name)
    }

    /// Text of one length, padded with zeros, as numpy keeps it (dtype `U`).
    public func add(_ array: ShapedArray<String>, as name: String) {
        let texts = array.values.map { $0.unicodeScalars.map { $0.value.littleEndian } }
        let length = max(1, texts.map(\.count).max() ?? 1)
        let values = texts.flatMap { $0 + [UInt32](repeating: 0, count: length - $0.count) }
        add(values, shape: array.shape, type: "<U\(length)", as: name)
    }

    private func add<Element>(_ values: [Element], shape: [Int], type: String, as name: String) {
        let data = values.withUnsafeBytes { Array($0) }
        entries.append((name + ".npy", NumpyFile.header(shape: shape, type: type) + data))
    }

    /// - Throws: `ArrayFileError.cannotWrite` with libzip's own reason: an error of the system may be an
    ///   older one, or none.
    func finish(at temporary: String, reportedAs path: String) throws {
        var problem: Int32 = 0
        guard let archive = zip_open(temporary, ZIP_CREATE | ZIP_TRUNCATE, &problem) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, problem)
            defer { zip_error_fini(&error) }
            throw Self.failure(&error, path)
        }
        do {
            for (name, bytes) in entries { try Self.add(bytes, as: name, to: archive, path) }
            // Only now are the bytes compressed and written.
            guard zip_close(archive) == 0 else { throw Self.failure(zip_get_error(archive), path) }
        } catch {
            zip_discard(archive)
            throw error
        }
    }

    private static func add(
        _ bytes: [UInt8], as name: String, to archive: OpaquePointer, _ path: String
    ) throws {
        // libzip reads the bytes when the archive is closed, and then frees its copy.
        let source = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            guard let copy = malloc(max(1, buffer.count)) else { return nil }
            if let start = buffer.baseAddress { memcpy(copy, start, buffer.count) }
            guard let source = zip_source_buffer(archive, copy, UInt64(buffer.count), 1) else {
                free(copy)
                return nil
            }
            return source
        }
        guard let source else {
            throw ArrayFileError.cannotWrite(
                path: path, reason: "there is no memory for another \(bytes.count) bytes")
        }
        let index = zip_file_add(archive, name, source, UInt32(ZIP_FL_OVERWRITE) | UInt32(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            throw failure(zip_get_error(archive), path)
        }
        // 1980-01-01, the first day that zip knows.
        guard zip_file_set_dostime(archive, UInt64(index), 0, 0x21, 0) == 0 else {
            throw failure(zip_get_error(archive), path)
        }
    }

    private static func failure(_ error: UnsafeMutablePointer<zip_error_t>?, _ path: String) -> ArrayFileError
    {
        let words = error.flatMap { zip_error_strerror($0) }.map { String(cString: $0) }
        return .cannotWrite(path: path, reason: words ?? "libzip doesn't say why")
    }
}
