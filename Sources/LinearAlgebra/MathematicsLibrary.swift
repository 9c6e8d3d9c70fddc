import COpenBLAS

/// The library behind every matrix product.
///
/// Parallel work is cut into shards above this layer, so OpenBLAS itself must stay on one thread:
/// its own threads would change the order of summation, and with it the bits of a result.
public enum MathematicsLibrary {
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// Makes sure that OpenBLAS runs on the calling thread only. Called by every product.
    @inline(__always)
    public static func useOneThread() { _ = singleThreaded }

    /// Of the library that was loaded: `0.3.21`.
    public static var version: String {
        // `OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …`
        let words = String(cString: openblas_get_config()).split(separator: " ")
        return words.count > 1 ? String(words[1]) : "unknown"
    }

    /// The kernels that OpenBLAS chose when it was loaded, from the processor or from
    /// `OPENBLAS_CORETYPE`, e.g. `Zen` or `SkylakeX`.
    public static var coreName: String { String(cString: openblas_get_corename()) }
}
