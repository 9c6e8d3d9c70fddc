import ArrayFiles
import LFADS
import LinearAlgebra
import Messages

/// What `--version` says: the version, and what results and speed depend on beside it.
enum VersionText {
    /// Libraries are asked only where somebody asks for it: every command begins with its configuration.
    static var text: String {
        guard CommandLine.arguments.contains("--version") else { return neurostitchVersion }
        return """
            \(neurostitchVersion)
            products and pointwise loops: \(StitchedModel.instructionSet)
            OpenBLAS \(MathematicsLibrary.version), kernels for \(MathematicsLibrary.coreName)
            HDF5 \(HDF5Version.text)
            """
    }
}
