import ArrayFiles
import LFADS
import LinearAlgebra
import Messages

/// What `--version` says: the version, and what results and speed depend on beside it.
enum VersionText {
    static var text: String {
        """
        \(neurostitchVersion)
        products and pointwise loops: \(StitchedModel.instructionSet)
        OpenBLAS \(MathematicsLibrary.version), kernels for \(MathematicsLibrary.coreName)
        HDF5 \(HDF5Version.text)
        """
    }
}
