import COpenSSL
import Foundation

/// SHA-256 of content that arrives piece by piece.
///
/// Numbers are hashed as little-endian bytes, `Int` as 64 bits. Numbers that mean the same are hashed
/// the same: every NaN as one NaN, −0 as 0. Pieces are not framed: whoever hashes pieces of varying
/// length hashes their lengths too.
public final class ContentHash {
    private let context: OpaquePointer
    private var digest: String?

    /// Begins with no content.
    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        else { preconditionFailure("libcrypto offers no SHA-256") }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes from where they lie.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        precondition(digest == nil, "a content hash that has been read takes no more content")
        guard let start = bytes.baseAddress else { return }
        precondition(
            EVP_DigestUpdate(context, start, bytes.count) == 1, "libcrypto: SHA-256 failed")
    }

    /// Adds bytes.
    public func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Adds a text, as UTF-8.
    public func update(_ string: String) { update(Array(string.utf8)) }

    /// Adds a whole number.
    public func update(_ number: Int) { update([number]) }

    /// Adds a number.
    public func update(_ number: Double) { update([number]) }

    /// Adds whole numbers.
    public func update(_ numbers: [Int]) {
        numbers.map { Int64($0).littleEndian }.withUnsafeBytes { update($0) }
    }

    /// Adds numbers of single precision.
    public func update(_ numbers: [Float]) {
        let patterns = numbers.map { number -> UInt32 in
            let same = number.isNaN ? Float.nan : number == 0 ? 0 : number
            return same.bitPattern.littleEndian
        }
        patterns.withUnsafeBytes { update($0) }
    }

    /// Adds numbers of double precision.
    public func update(_ numbers: [Double]) {
        let patterns = numbers.map { number -> UInt64 in
            let same = number.isNaN ? Double.nan : number == 0 ? 0 : number
            return same.bitPattern.littleEndian
        }
        patterns.withUnsafeBytes { update($0) }
    }

    /// The digest of everything so far, 64 lowercase hexadecimal digits; nothing can be added after.
    public func hexadecimal() -> String {
        if let digest { return digest }
        var bytes = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        precondition(
            EVP_DigestFinal_ex(context, &bytes, &length) == 1, "libcrypto: SHA-256 failed")
        let digits = Array("0123456789abcdef".utf8)
        let text = String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        digest = text
        return text
    }

    /// Hash of a file's bytes.
    /// - Throws: `ArrayFileError.missingFile`, `ArrayFileError.cannotRead`
    public static func ofFile(_ path: String) throws -> String {
        try ofBytes(of: RegularFile(path), upTo: .max)
    }

    /// Hash of a file's first bytes.
    /// - Throws: `ArrayFileError.cannotRead`
    static func ofBytes(of file: RegularFile, upTo end: Int) throws -> String {
        let hash = ContentHash()
        var offset = 0
        while true {
            let bytes = try file.bytes(from: offset, atMost: min(1 << 20, end - offset))
            if bytes.isEmpty { return hash.hexadecimal() }
            hash.update(bytes)
            offset += bytes.count
        }
    }
}

/// The system's word for why a file couldn't be read.
enum FileProblem {
    static func reading(_ path: String) -> ArrayFileError {
        errno == ENOENT
            ? .missingFile(path: path)
            : .cannotRead(path: path, reason: String(cString: strerror(errno)))
    }
}
