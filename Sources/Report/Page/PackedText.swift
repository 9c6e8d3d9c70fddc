import CZlib
import Foundation

/// Text as a page carries it where there is much of it: packed by zlib, in base64, unpacked by the browser when it is drawn.
enum PackedText {
    /// Shorter texts are not worth it.
    static let fewestBytes = 100_000

    /// - Returns: `nil` where zlib has no memory for it.
    static func base64(_ text: Data) -> String? {
        var size = compressBound(uLong(text.count))
        var packed = Data(count: Int(size))
        let code = packed.withUnsafeMutableBytes { target in
            text.withUnsafeBytes { source in
                compress2(
                    target.bindMemory(to: Bytef.self).baseAddress, &size,
                    source.bindMemory(to: Bytef.self).baseAddress, uLong(text.count), 6)
            }
        }
        guard code == Z_OK else { return nil }
        return packed.prefix(Int(size)).base64EncodedString()
    }
}
